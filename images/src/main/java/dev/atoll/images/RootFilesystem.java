package dev.atoll.images;

import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A writable overlay on an image, for one sandbox or one build step. Its files live in the image
 * store's folder until it is discarded or committed. Not thread-safe, but for {@link #snapshot} and
 * {@link #close}.
 */
public interface RootFilesystem extends AutoCloseable {
  /** The image below. */
  Image image();

  /** How ids inside appear on the host. */
  IdMapping idMapping();

  /** Mounts it at a host folder. One mount system call. May be called once. */
  void mountAt(Path mountPoint) throws IOException;

  /**
   * Makes a new image of the base's layers, what was written since, and the given config; what was
   * written becomes a layer with canonical ids. Nothing may write to it any more: the cell is
   * destroyed and the mount is gone. Afterwards it is closed.
   */
  Image commit(ImageConfig config) throws IOException;

  /**
   * The same for a build step: nobody but the step cache knows the image, which keeps it as {@link
   * ImageStore#cacheStep} says. What a build gives away is made with {@link #commit} or {@link
   * ImageStore#withConfig}, also when a step has made the same before.
   */
  Image commitStep(ImageConfig config) throws IOException;

  /**
   * Makes a new image of the base's layers, a copy of what was written since, and the given config,
   * while this one stays mounted and in use. The copy is made by descriptors that can't leave the
   * folder. Blocks; interruptible. Fails when this is closed meanwhile. Whatever fails, nothing of
   * the image is left.
   *
   * @param standstill keeps everybody from writing while the copy is made
   * @throws dev.atoll.errors.AtollException FAILED_PRECONDITION when this is closed meanwhile
   */
  Image snapshot(ImageConfig config, Standstill standstill)
      throws IOException, InterruptedException;

  /** A time in which nobody writes to a root file system. */
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

  /**
   * Copies files of an image into this one, as COPY --from does. Only before {@link #mountAt}, and
   * only with the identity mapping.
   *
   * @param source the image to copy from
   * @param sources paths in it, with Dockerfile wildcards; symlinks stay inside the source image
   * @param destination absolute path in this one; a trailing slash means a folder
   * @param owner who owns the copies; root when absent
   * @param mode permission bits of the copies; those of the sources when absent
   * @throws dev.atoll.errors.AtollException INVALID_ARGUMENT when a source matches nothing, or the
   *     destination can't take it
   */
  void copyFrom(
      Image source,
      List<String> sources,
      String destination,
      Optional<ImageUser> owner,
      OptionalInt mode)
      throws IOException;

  /**
   * Makes a folder and the missing ones above it, as WORKDIR does; 0755, root's. Nothing happens
   * when it is there. Only before {@link #mountAt}, and only with the identity mapping.
   *
   * @param path absolute
   * @throws dev.atoll.errors.AtollException INVALID_ARGUMENT when something else is in its way
   */
  void createDirectory(String path) throws IOException;

  /** Discards what was written. Idempotent; refuses while it is mounted anywhere. */
  @Override
  void close() throws IOException;
}
