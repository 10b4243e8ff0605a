package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a store, 0700, and what is in it. A lock file keeps a second store out.
 *
 * <pre>
 * lock            held while a store is open
 * layers/N        an unpacked layer; S2 is the skeleton below every root
 * layers.d/N.json its record; a layer without one is incomplete
 * frozen/N.json   of a layer whose files are still in the snapshot of a root
 * guards/HEX.json which repositories' credentials a layer took
 * images/HEX.json an image
 * steps/HEX.json  the image that a build step made
 * roots/N/u, w    upper and work folder of a root file system without a limit
 * writable.btrfs  a file system of those that have one
 * writable/       where it is mounted: roots/N/u, w; frozen/N/u, snapshots of such
 * trust/HEX/      CA certificates for an image
 * exports/        packed layers of images that are being given to others
 * views/          where images are mounted for a look
 * shifted/        the layers with the owners of the sandboxes' user namespace
 * trash/          what is being removed
 * </pre>
 */
public final class StoreFolder implements AutoCloseable {
  private final Path root;
  private final FileChannel lockChannel;

  private StoreFolder(Path root, FileChannel lockChannel) {
    this.root = root;
    this.lockChannel = lockChannel;
  }

  /**
   * Makes the folder when it is missing, and locks it.
   *
   * @throws AtollException FAILED_PRECONDITION when another store has it open
   */
  static StoreFolder open(Path folder) throws IOException {
    Files.createDirectories(folder);
    // Mounts show real paths.
    Path root = folder.toRealPath();
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            "the image store %s is in use by another process: stop it, or choose another folder"
                .formatted(root));
      }
      StoreFolder store = new StoreFolder(root, channel);
      for (Path each :
          new Path[] {
            store.layers(),
            store.frozen(),
            store.writable(),
            store.layerRecords(),
            store.guards(),
            store.images(),
            store.steps(),
            store.roots(),
            store.trust(),
            store.exports(),
            store.views(),
            store.shifted(),
            store.trash()
          }) {
        Files.createDirectories(each);
      }
      return store;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path root() {
    return root;
  }

  Path layers() {
    return root.resolve("layers");
  }

  Path layerRecords() {
    return root.resolve("layers.d");
  }

  Path frozen() {
    return root.resolve("frozen");
  }

  Path writable() {
    return root.resolve("writable");
  }

  Path writableFile() {
    return root.resolve("writable.btrfs");
  }

  Path guards() {
    return root.resolve("guards");
  }

  Path images() {
    return root.resolve("images");
  }

  Path steps() {
    return root.resolve("steps");
  }

  Path roots() {
    return root.resolve("roots");
  }

  Path trust() {
    return root.resolve("trust");
  }

  Path exports() {
    return root.resolve("exports");
  }

  Path views() {
    return root.resolve("views");
  }

  Path shifted() {
    return root.resolve("shifted");
  }

  Path trash() {
    return root.resolve("trash");
  }

  /** Writes everything in memory to the disk that holds the store. */
  void synchronize() throws IOException {
    try (DirectoryDescriptor folder = DirectoryDescriptor.open(root)) {
      folder.synchronizeFileSystem();
    }
  }

  /** Lets another store in. */
  @Override
  public void close() throws IOException {
    lockChannel.close();
  }
}
