package dev.atoll.images.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry that answers whatever a test wants, on loopback. */
final class LyingRegistry implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

  /** Answers one request. */
  interface Handler {
    void answer(HttpExchange exchange, int count) throws IOException, InterruptedException;
  }

  LyingRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** The address of one that is closed. */
  String gone() {
    String host = host();
    close();
    return host;
  }

  LyingRegistry on(String path, Handler handler) {
    handlers.put(path, handler);
    return this;
  }

  LyingRegistry bytes(String path, byte[] body) {
    return on(path, (exchange, count) -> send(exchange, 200, body));
  }

  int count(String path) {
    return counts.getOrDefault(path, new AtomicInteger()).get();
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    int count = counts.computeIfAbsent(path, each -> new AtomicInteger()).incrementAndGet();
    try (exchange) {
      Handler handler = handlers.get(path);
      if (handler == null) {
        send(exchange, 404, new byte[0]);
      } else {
        handler.answer(exchange, count);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
