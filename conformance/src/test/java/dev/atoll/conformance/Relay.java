package dev.atoll.conformance;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A way to a server that can break: it cuts connections, and turns new ones away. */
final class Relay implements AutoCloseable {
  private final URI server;
  private final ServerSocket door;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger toTurnAway = new AtomicInteger();

  private Relay(URI server, ServerSocket door) {
    this.server = server;
    this.door = door;
  }

  /** One that lets everything pass. */
  static Relay to(RunningServer server) throws IOException {
    Relay relay =
        new Relay(server.address(), new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.startVirtualThread(relay::serve);
    return relay;
  }

  /** For clients: {@code http://127.0.0.1:port}. */
  String url() {
    return "http://127.0.0.1:" + door.getLocalPort();
  }

  /** Cuts all connections, and turns that many new ones away. */
  void breakFor(int connections) throws IOException {
    toTurnAway.set(connections);
    for (Closeable socket : open) {
      socket.close();
    }
    open.clear();
  }

  /** How many connections are still to be turned away. */
  int left() {
    return Math.max(0, toTurnAway.get());
  }

  @Override
  public void close() throws IOException {
    door.close();
    breakFor(0);
  }

  private void serve() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (toTurnAway.getAndDecrement() > 0) {
          client.close();
          continue;
        }
        Socket inside = new Socket();
        open.addAll(List.of(client, inside));
        inside.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        Thread.startVirtualThread(() -> copy(client, inside));
        Thread.startVirtualThread(() -> copy(inside, client));
      } catch (IOException closed) {
        // That one connection is none; the loop's condition tells whether there are more.
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException cut) {
      // Both ends are closed here, which is what their peers see.
    }
  }
}
