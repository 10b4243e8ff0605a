package dev.atoll.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, to be closed the other way round, whatever fails. Not thread-safe. */
final class ServerParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerParts.class);

  private final Deque<Part> parts = new ArrayDeque<>();

  private record Part(String name, AutoCloseable closeable) {}

  /** Remembers what was opened, and returns it. */
  <T extends AutoCloseable> T add(String name, T opened) {
    parts.push(new Part(name, opened));
    return opened;
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
