package dev.atoll.images;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A writable overlay on an image that a sandbox uses: its root, or what is mounted in it. What is
 * written lies in the image store's folder until this is closed. Not thread-safe, but for the
 * snapshots and {@link #close}.
 */
public interface WritableFilesystem extends AutoCloseable {
  /** A word by which a later store finds it again, when this one dies. */
  String reference();

  /** Mounts it at a host folder. One mount system call. May be called once. */
  void mountAt(Path mountPoint) throws IOException;

  /**
   * Makes a new image of the base's layers, a copy of what was written since, and the given config,
   * while this one stays mounted and in use. The copy is made by descriptors that can't leave the
   * folder. Blocks; interruptible. Whatever fails, nothing of the image is left.
   *
   * @param standstill keeps everybody from writing while the copy is made
   * @throws dev.atoll.errors.AtollException FAILED_PRECONDITION when this is closed meanwhile
   */
  Image snapshot(ImageConfig config, Standstill standstill)
      throws IOException, InterruptedException;

  /**
   * Makes a new image whose root is a folder of this file system as it is seen where it is mounted,
   * with an empty config. As {@link #snapshot} otherwise, but all of the folder is copied, and not
   * only what was written.
   *
   * @param path of the folder, relative to the root, without links; {@linkplain
   *     dev.atoll.linux.RawNames raw}
   * @throws dev.atoll.errors.AtollException NOT_FOUND when there is no such folder,
   *     FAILED_PRECONDITION when this is closed meanwhile
   */
  Image snapshotFolder(String path, Standstill standstill) throws IOException, InterruptedException;

  /** Discards what was written. Idempotent; refuses while it is mounted anywhere. */
  @Override
  void close() throws IOException;

  /** A time in which nobody writes to a file system. */
  interface Standstill {
    /** Returns when nobody writes any more. When it throws, {@link #end} is not called. */
    void begin() throws IOException, InterruptedException;

    /**
     * Lets everybody write again.
     *
     * @throws IOException when somebody may have written before
     */
    void end() throws IOException;
  }
}
