package dev.atoll.cells.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.CellException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that say what they like, or nothing: the cell's owner is told, and nobody waits long. */
@Timeout(20)
class BadAgentTest {
  private static final Duration SOON = Duration.ofMillis(100);

  @TempDir Path folder;
  private final Owner owner = new Owner();
  private ServerSocketChannel server;
  private SocketChannel agent;
  private AgentLink link;
  private Thread reader;

  @BeforeEach
  void dial() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("agent"));
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
    link = new AgentLink(server, owner);
    reader = Thread.ofVirtual().start(link::run);
    agent = SocketChannel.open(address);
  }

  @AfterEach
  void hangUp() throws Exception {
    link.close();
    agent.close();
    reader.join();
  }

  @Test
  void garbageInsteadOfAHelloBreaksTheCell() throws Exception {
    agent.write(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes()));
    assertThat(owner.reason()).contains("the guest agent broke the protocol");
    assertThat(link.connected()).isNotDone();
  }

  @Test
  void garbageAfterAHelloBreaksTheCell() throws Exception {
    hello();
    link.connected().get();
    agent.write(ByteBuffer.wrap(new byte[64]));
    assertThat(owner.reason()).contains("the guest agent broke the protocol");
  }

  @Test
  void anAnswerThatNobodyAskedForBreaksTheCell() throws Exception {
    hello();
    frame(10, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(7).putInt(0));
    assertThat(owner.reason()).contains("7, which is not open");
  }

  @Test
  void anAgentThatAnswersNothingIsWaitedForInVain() throws Exception {
    hello();
    link.connected().get();
    AgentAnswer answer = link.ping();
    assertThatThrownBy(() -> answer.await(SOON))
        .isInstanceOf(CellException.class)
        .hasMessageContaining("PING was not answered within 100 ms");
  }

  @Test
  void anAgentThatHangsUpAnswersNoMore() throws Exception {
    hello();
    link.connected().get();
    AgentAnswer answer = link.ping();
    agent.close();
    assertThatThrownBy(answer::await)
        .isInstanceOf(CellException.class)
        .hasMessageContaining("the connection to the guest agent was lost");
  }

  @Test
  void anAgentThatReadsNothingBreaksTheCellBeforeItTakesMuchMemory() throws Exception {
    hello();
    link.connected().get();
    String longPath = "/" + "a".repeat(4_000);
    long asked = 0;
    while (!owner.broken.isDone()) {
      var _ = link.locate(longPath);
      asked += longPath.length();
    }
    assertThat(owner.reason()).contains("does not read what it is sent");
    assertThat(asked).isLessThan(80L << 20);
  }

  /** Without execs: PROTOCOL.md. */
  private void hello() throws IOException {
    frame(1, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 2));
  }

  private void frame(int type, ByteBuffer payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(16 + payload.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(payload.capacity()).putInt(type).putInt(0).putInt(0);
    agent.write(frame.put(payload.clear()).flip());
  }

  private static final class Owner implements CellSupervisor {
    private final CompletableFuture<String> broken = new CompletableFuture<>();

    String reason() throws Exception {
      return broken.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void broken(String reason) {
      broken.complete(reason);
    }

    @Override
    public void initKilled() {
      broken.completeExceptionally(new AssertionError("init was not killed"));
    }

    @Override
    public void lifetimeOver() {
      broken.completeExceptionally(new AssertionError("there is no lifetime"));
    }

    @Override
    public long outOfMemoryKills() {
      return 0;
    }
  }
}
