package dev.atoll.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Samples a server's resident memory every 20 ms and keeps the most that it saw. */
final class MemoryWatch implements AutoCloseable {
  private final ServerProcess server;
  private final Thread thread;
  private volatile long most;

  MemoryWatch(ServerProcess server) {
    this.server = server;
    this.thread = Thread.ofPlatform().name("memory-watch").daemon().start(this::watch);
  }

  long mostBytes() {
    return most;
  }

  private void watch() {
    try {
      while (true) {
        most = Math.max(most, server.residentBytes());
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }
}
