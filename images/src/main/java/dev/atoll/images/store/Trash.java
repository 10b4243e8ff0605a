package dev.atoll.images.store;

import dev.atoll.images.layers.TreeDeletion;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes trees in the background: a rename is all that the caller waits for. */
final class Trash implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

  private final DirectoryDescriptor trash;
  private final AtomicLong next = new AtomicLong();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("image-store-trash").factory());

  private Trash(DirectoryDescriptor trash) {
    this.trash = trash;
  }

  /** Opens it; what is in it from before goes on being removed. */
  static Trash open(StoreFolder folder) throws IOException {
    Trash trash = new Trash(DirectoryDescriptor.open(folder.trash()));
    for (String left : trash.trash.names()) {
      trash.remove(left);
      trash.next.accumulateAndGet(number(left) + 1, Math::max);
    }
    return trash;
  }

  /** Removes what has this name in a folder of the same file system. */
  void discard(Path folder, String name) throws IOException {
    String flat = Long.toString(next.getAndIncrement());
    try (DirectoryDescriptor from = DirectoryDescriptor.open(folder)) {
      from.rename(name, trash, flat);
    }
    remove(flat);
  }

  /** What is removed. */
  interface Removal {
    void run() throws IOException;
  }

  /** Removes in the background what the next store would find and remove as well. */
  void later(Removal removal) {
    thread.execute(
        () -> {
          try {
            removal.run();
          } catch (IOException | RuntimeException e) {
            // It stays; the next store that is opened here tries again.
            LOG.warn("could not empty the trash", e);
          }
        });
  }

  private void remove(String name) {
    later(() -> TreeDeletion.delete(trash, name));
  }

  private static long number(String name) {
    return name.matches("[0-9]{1,18}") ? Long.parseLong(name) : 0;
  }

  /** Waits until all is removed, at most ten seconds. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
    trash.close();
  }
}
