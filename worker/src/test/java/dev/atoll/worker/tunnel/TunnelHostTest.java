package dev.atoll.worker.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels to a server of this process, which stands for one in a cell. */
class TunnelHostTest {
  private static final int PATIENCE_MILLIS = 10_000;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final Counted activity = new Counted();
  private final EventLoops loops = new EventLoops();
  private TunnelHost host;
  private ServerSocket server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    host = new TunnelHost(loops, loopback, folder.resolve(Authority.FILE), Optional.empty());
    server = new ServerSocket(0, 1_024, loopback);
    server.setSoTimeout(PATIENCE_MILLIS);
  }

  @AfterEach
  void stop() throws IOException {
    loops.close();
    server.close();
  }

  @Test
  void theEndOfOneDirectionIsPassedOnAlone() throws IOException {
    try (OpenTunnels tunnels = open();
        Socket client = connect(tunnels);
        Socket inside = server.accept()) {
      client.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
      client.shutdownOutput();
      assertThat(inside.getInputStream().readAllBytes()).asString().isEqualTo("question");
      inside.getOutputStream().write("answer".getBytes(StandardCharsets.UTF_8));
      inside.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answer");
    }
  }

  @Test
  void aResetIsPassedOnToEitherEnd() throws IOException {
    try (OpenTunnels tunnels = open()) {
      for (boolean byServer : List.of(true, false)) {
        try (Socket client = connect(tunnels);
            Socket inside = server.accept()) {
          Socket sender = byServer ? inside : client;
          Socket receiver = byServer ? client : inside;
          receiver.setSoTimeout(PATIENCE_MILLIS);
          sender.getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
          assertThat(receiver.getInputStream().readNBytes(4)).asString().isEqualTo("half");
          sender.setSoLinger(true, 0);
          sender.close();
          assertThatThrownBy(() -> receiver.getInputStream().read())
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("reset");
        }
      }
    }
  }

  @Test
  void aTunnelOpensWhereItWasUnlessThePlaceIsTaken() throws IOException {
    List<Tunnel> before;
    try (OpenTunnels tunnels = open()) {
      before = tunnels.tunnels();
    }
    for (Tunnel tunnel : before) {
      awaitFree(tunnel.encrypted().port());
      awaitFree(tunnel.unencrypted().orElseThrow().port());
    }
    try (OpenTunnels again = open(before)) {
      assertThat(again.tunnels()).isEqualTo(before);
      try (Socket client = connect(again);
          Socket inside = server.accept()) {
        assertThat(client.isConnected() && inside.isConnected()).isTrue();
      }
      try (OpenTunnels other = open(before);
          Socket client = connect(other);
          Socket inside = server.accept()) {
        assertThat(plain(other)).isNotEqualTo(plain(again));
        assertThat(client.isConnected() && inside.isConnected()).isTrue();
      }
    }
  }

  @Test
  void whoDoesNotReadIsNotReadFor() throws IOException, InterruptedException {
    byte[] chunk = new byte[64 << 10];
    try (OpenTunnels tunnels = open();
        Socket client = connect(tunnels);
        Socket inside = server.accept()) {
      AtomicInteger written = new AtomicInteger();
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 1_024; i++) {
                        inside.getOutputStream().write(chunk);
                        written.incrementAndGet();
                      }
                      inside.shutdownOutput();
                    } catch (IOException cut) {
                      written.set(-1);
                    }
                  });
      assertThat(client.getInputStream().readNBytes(chunk.length)).hasSize(chunk.length);
      // What the kernel's buffers and the tunnel hold is far less than 64 MiB.
      long before = -1;
      while (before != written.get()) {
        before = written.get();
        Thread.sleep(200);
      }
      assertThat(written.get()).isBetween(1, 600);
      assertThat(client.getInputStream().readAllBytes()).hasSize(1_023 * chunk.length);
      writer.join();
      assertThat(written.get()).isEqualTo(1_024);
    }
  }

  @Test
  void aResetIsNoticedWhileTheServerTakesNothing() throws IOException, InterruptedException {
    if (!IoUring.isAvailable()) {
      return; // the JDK doesn't tell of a reset before somebody reads
    }
    try (OpenTunnels tunnels = open()) {
      long before = sockets();
      try (SocketChannel client = SocketChannel.open(plain(tunnels));
          Socket inside = server.accept()) {
        client.configureBlocking(false);
        for (int idle = 0; idle < 5; idle++) {
          ByteBuffer chunk = ByteBuffer.allocate(64 << 10);
          while (client.write(chunk) > 0) {
            chunk.clear();
            idle = 0;
          }
          Thread.sleep(100);
        }
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
        assertThat(activity.released.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        // The one into the cell is given up, too, although what came before still waits there.
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (sockets() > before + 1 && System.nanoTime() < end) {
          Thread.sleep(100);
        }
        assertThat(sockets()).isEqualTo(before + 1);
        assertThat(inside.isClosed()).isFalse();
      }
    }
  }

  @Test
  void theKernelLooksAfterIdleClients() throws IOException {
    try (OpenTunnels tunnels = open();
        Socket client = connect(tunnels);
        Socket inside = server.accept()) {
      assertThat(inside.isConnected()).isTrue();
      // Of net/ipv4/tcp_ipv4.c: state 1, the lengths of two queues, and timer 2, "keepalive".
      String row =
          "0100007F:%04X [0F]*0100007F:%04X 01 0+:0+ 02:"
              .formatted(client.getPort(), client.getLocalPort());
      String connections =
          Files.readString(Path.of("/proc/self/net/tcp"))
              + Files.readString(Path.of("/proc/self/net/tcp6"));
      assertThat(connections).containsPattern(row);
    }
  }

  @Test
  void connectionsAreCountedAndBounded() throws IOException, InterruptedException {
    List<Socket> clients = new ArrayList<>();
    try (OpenTunnels tunnels = open()) {
      for (int i = 0; i < Connections.MOST; i++) {
        clients.add(connect(tunnels));
        clients.add(server.accept());
      }
      assertThat(activity.held.get()).isEqualTo(Connections.MOST);
      try (Socket oneMore = connect(tunnels)) {
        assertThat(readsNothing(oneMore)).isTrue();
      }
      clients.get(0).close();
      clients.get(1).close();
      assertThat(activity.released.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      try (Socket inPlace = connect(tunnels);
          Socket inside = server.accept()) {
        inside.getOutputStream().write('x');
        assertThat(inPlace.getInputStream().read()).isEqualTo('x');
      }
    } finally {
      for (Socket socket : clients) {
        socket.close();
      }
    }
  }

  @Test
  void nothingIsLeftAfterTheEnd() throws IOException, InterruptedException {
    OpenTunnels tunnels = open();
    InetSocketAddress plain = plain(tunnels);
    try (Socket client = connect(tunnels);
        Socket inside = server.accept()) {
      tunnels.close();
      assertThat(readsNothing(client)).isTrue();
      assertThat(readsNothing(inside)).isTrue();
    }
    assertThat(isRefusedSoon(plain)).isTrue();
    assertThat(activity.released.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    assertThat(activity.held.get()).isZero();
    tunnels.close();
  }

  @Test
  void whereNothingListensAClientIsHungUpOn() throws IOException {
    try (OpenTunnels tunnels = open()) {
      server.close();
      try (Socket client = connect(tunnels)) {
        assertThat(readsNothing(client)).isTrue();
      }
    }
  }

  @Test
  void aClosedHostOpensNone() {
    loops.close();
    assertThatThrownBy(this::open).isInstanceOf(AtollException.class).hasMessageContaining("stop");
  }

  /**
   * A selector holds on to a closed listener until its next turn (SelectableChannel): a client that
   * connects in that moment is cut off.
   */
  private static boolean isRefusedSoon(InetSocketAddress address) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (System.nanoTime() < end) {
      try (Socket late = new Socket(address.getAddress(), address.getPort())) {
        assertThat(readsNothing(late)).isTrue();
      } catch (ConnectException refused) {
        return true;
      }
    }
    return false;
  }

  /** A listener that was closed lives until its selector's turn. */
  private void awaitFree(int port) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (true) {
      try (ServerSocket free = new ServerSocket(port, 1, loopback)) {
        assertThat(free.isBound()).isTrue();
        return;
      } catch (BindException taken) {
        assertThat(System.nanoTime()).as("%s", taken).isLessThan(end);
      }
    }
  }

  private static long sockets() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(TunnelHostTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private OpenTunnels open() throws IOException {
    return open(List.of());
  }

  private OpenTunnels open(List<Tunnel> before) throws IOException {
    TunnelPort port = new TunnelPort(server.getLocalPort(), TunnelPort.Kind.UNENCRYPTED);
    return host.open(loopback.getHostAddress(), List.of(port), activity, before);
  }

  private static InetSocketAddress plain(OpenTunnels tunnels) {
    Tunnel.Endpoint plain = tunnels.tunnels().getFirst().unencrypted().orElseThrow();
    return new InetSocketAddress(plain.host(), plain.port());
  }

  private static Socket connect(OpenTunnels tunnels) throws IOException {
    InetSocketAddress plain = plain(tunnels);
    Socket socket = new Socket(plain.getAddress(), plain.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Whether the connection ends, in one way or another, without a byte. */
  private static boolean readsNothing(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException cut) {
      return true;
    }
  }

  private static final class Counted implements Activity {
    private final AtomicInteger held = new AtomicInteger();
    private final Semaphore released = new Semaphore(0);

    @Override
    public void hold() {
      held.incrementAndGet();
    }

    @Override
    public void release() {
      held.decrementAndGet();
      released.release();
    }
  }
}
