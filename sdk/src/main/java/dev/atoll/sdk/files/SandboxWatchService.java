package dev.atoll.sdk.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NotDirectoryException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Watches folders of a sandbox, each by a program in it. Thread-safe. */
final class SandboxWatchService implements WatchService, Closeable {
  private static final Set<WatchEvent.Kind<?>> KINDS =
      Set.of(
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_DELETE,
          StandardWatchEventKinds.ENTRY_MODIFY);

  private record Signal(@Nullable SandboxWatchKey key) {}

  private static final Signal CLOSED = new Signal(null);

  private final SandboxFileSystem fileSystem;
  private final FileOperations operations;
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SandboxPath, SandboxWatchKey> keys = new HashMap<>();
  private volatile boolean closed;

  SandboxWatchService(SandboxFileSystem fileSystem, FileOperations operations) {
    this.fileSystem = fileSystem;
    this.operations = operations;
  }

  SandboxFileSystem fileSystem() {
    return fileSystem;
  }

  /** Watches a folder; one that is watched already is watched for these events from now on. */
  SandboxWatchKey register(
      SandboxPath path, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    checkOpen();
    Set<WatchEvent.Kind<?>> kinds = new HashSet<>(List.of(events));
    kinds.remove(StandardWatchEventKinds.OVERFLOW);
    if (!KINDS.containsAll(kinds) || modifiers.length > 0) {
      throw new UnsupportedOperationException(
          "Folders are watched for %s, without modifiers".formatted(KINDS));
    }
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("name an event to watch for");
    }
    if (!fileSystem.provider().attributes(path, true).isDirectory()) {
      throw new NotDirectoryException(path.toString());
    }
    lock.lock();
    try {
      SandboxWatchKey previous = keys.remove(path);
      if (previous != null) {
        previous.cancel();
      }
      SandboxWatchKey key = SandboxWatchKey.begin(this, operations, path, kinds);
      keys.put(path, key);
      if (closed) {
        key.cancel();
        throw new ClosedWatchServiceException();
      }
      return key;
    } finally {
      lock.unlock();
    }
  }

  void signal(SandboxWatchKey key) {
    signals.add(new Signal(key));
  }

  @Override
  public @Nullable WatchKey poll() {
    checkOpen();
    return key(signals.poll());
  }

  @Override
  public @Nullable WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
    checkOpen();
    return key(signals.poll(timeout, unit));
  }

  @Override
  public WatchKey take() throws InterruptedException {
    checkOpen();
    WatchKey key = key(signals.take());
    if (key == null) {
      throw new ClosedWatchServiceException();
    }
    return key;
  }

  /** Ends its watches; whoever waits for a key is told so. */
  @Override
  public void close() {
    closed = true;
    fileSystem.release(this);
    lock.lock();
    try {
      keys.values().forEach(SandboxWatchKey::cancel);
      keys.clear();
    } finally {
      lock.unlock();
    }
    signals.add(CLOSED);
  }

  private @Nullable WatchKey key(@Nullable Signal signal) {
    if (signal == CLOSED) {
      signals.add(CLOSED);
      throw new ClosedWatchServiceException();
    }
    return signal == null ? null : signal.key;
  }

  private void checkOpen() {
    if (closed) {
      throw new ClosedWatchServiceException();
    }
  }
}
