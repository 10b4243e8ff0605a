package dev.atoll.conformance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Held by the one test that has something of which this machine has one, in any process. */
final class HostLock implements AutoCloseable {
  /** File locks belong to the process: its threads take turns here. */
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final ReentrantLock threads;
  private final FileChannel file;

  private HostLock(ReentrantLock threads, FileChannel file) {
    this.threads = threads;
    this.file = file;
  }

  /**
   * For networks that play the internet: their addresses are the same, also those of the tests of
   * cells.
   */
  static HostLock ofInternet() throws IOException, InterruptedException {
    return of(Path.of(System.getProperty("java.io.tmpdir"), "atoll-test-internet.lock"));
  }

  /** Waits until nobody else holds that file's lock; the file stays. */
  static HostLock of(Path path) throws IOException, InterruptedException {
    ReentrantLock threads = THREADS.computeIfAbsent(path, each -> new ReentrantLock());
    threads.lockInterruptibly();
    try {
      FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      file.lock();
      return new HostLock(threads, file);
    } catch (IOException | RuntimeException e) {
      threads.unlock();
      throw e;
    }
  }

  /** By the thread that took it. */
  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      threads.unlock();
    }
  }
}
