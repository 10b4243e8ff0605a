package dev.atoll.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, to be closed the other way round, whatever fails. Not thread-safe. */
final class ServerParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerParts.class);

  private final Deque<Part> parts = new ArrayDeque<>();

  private record Part(String name, AutoCloseable closeable, Runnable handOver) {}

  /** Remembers what was opened, and returns it. */
  <T extends AutoCloseable> T add(String name, T opened) {
    return add(name, opened, () -> {});
  }

  /**
   * The same.
   *
   * @param handOver makes its closing leave running sandboxes alone
   */
  <T extends AutoCloseable> T add(String name, T opened, Runnable handOver) {
    parts.push(new Part(name, opened, handOver));
    return opened;
  }

  /** From now on the closing leaves running sandboxes to the next server. */
  void handOver() {
    for (Part part : parts) {
      try {
        part.handOver().run();
      } catch (RuntimeException failure) {
        LOG.error("handing {} over failed; the next start repairs it", part.name(), failure);
      }
    }
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      long start = System.nanoTime();
      try {
        part.closeable().close();
      } catch (Exception failure) {
        LOG.error("closing {} failed; the next start repairs it", part.name(), failure);
      }
      LOG.debug("closed {} in {} ms", part.name(), (System.nanoTime() - start) / 1_000_000);
    }
  }
}
