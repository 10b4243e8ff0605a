package dev.atoll.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for connections from other hosts, which the tests of a whole server can't make. */
class ConnectionRulesTest {
  private static final byte[] TLS = {0x16, 3, 1, 2, 0};
  private static final byte[] PLAINTEXT = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "192.0.2.1, true", // The door's own address: from the same host.
    "192.0.2.9, false",
    "2001:db8::9, false",
  })
  void plaintextIsTakenFromTheSameHostOnly(String from, boolean taken) {
    ConnectionRules rules = new ConnectionRules(10, true);
    assertThat(says(rules, from, PLAINTEXT)).isEqualTo(taken);
    assertThat(says(rules, from, TLS)).isTrue();
    assertThat(says(new ConnectionRules(10, false), from, PLAINTEXT))
        .as("without a certificate, which the door's operator has allowed")
        .isTrue();
  }

  @Test
  void anAddressThatHangsUpMayConnectAgain() {
    ConnectionRules rules = new ConnectionRules(1, false);
    Connection first = new Connection("192.0.2.9");
    rules.accept(first.pipeline());
    Connection second = new Connection("192.0.2.9");
    rules.accept(second.pipeline());
    assertThat(second.isOpen()).isFalse();
    assertThat(first.isOpen()).isTrue();
    first.close();
    Connection third = new Connection("192.0.2.9");
    rules.accept(third.pipeline());
    assertThat(third.isOpen()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, false", "23, false", "24, true", "500, true"})
  void aConnectionHasTenSecondsToSayWhatItIs(int bytes, boolean taken) {
    assertThat(isOpenAfterTenSeconds("P".repeat(bytes).getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(taken);
    byte[] handshake = new byte[bytes];
    Arrays.fill(handshake, TLS[0]);
    assertThat(isOpenAfterTenSeconds(handshake)).as("a handshake that isn't done").isFalse();
  }

  private static boolean isOpenAfterTenSeconds(byte[] said) {
    Connection connection = new Connection("192.0.2.9");
    connection.freezeTime();
    new ConnectionRules(1, false).accept(connection.pipeline());
    connection.writeInbound(Unpooled.wrappedBuffer(said));
    connection.advanceTimeBy(9, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
    assertThat(connection.isOpen()).as("after 9 seconds").isTrue();
    connection.advanceTimeBy(1, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
    boolean open = connection.isOpen();
    connection.close();
    return open;
  }

  private static boolean says(ConnectionRules rules, String from, byte[] first) {
    Connection connection = new Connection(from);
    rules.accept(connection.pipeline());
    connection.writeInbound(Unpooled.wrappedBuffer(first));
    boolean taken = connection.isOpen() && connection.readInbound() != null;
    connection.close();
    return taken;
  }

  private static final class Connection extends EmbeddedChannel {
    private final String from;

    Connection(String from) {
      this.from = from;
    }

    @Override
    protected SocketAddress localAddress0() {
      return new InetSocketAddress("192.0.2.1", 7070);
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress(from, 40_000);
    }
  }
}
