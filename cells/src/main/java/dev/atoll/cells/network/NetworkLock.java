package dev.atoll.cells.network;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/** Held by whoever chooses or removes an instance's network: one at a time on this machine. */
final class NetworkLock implements AutoCloseable {
  // A file's lock is the process's: FileChannel.lock doesn't wait for other threads, but throws.
  private static final ReentrantLock PROCESS = new ReentrantLock();

  private final FileChannel file;

  private NetworkLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Waits until nobody else holds it.
   *
   * @param shared a folder that every instance of this host uses
   */
  static NetworkLock take(Path shared) throws IOException, InterruptedException {
    PROCESS.lockInterruptibly();
    try {
      return new NetworkLock(lock(shared.resolve("network.lock")));
    } catch (IOException | RuntimeException e) {
      PROCESS.unlock();
      throw e;
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      file.lock();
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** By the thread that took it. */
  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      PROCESS.unlock();
    }
  }
}
