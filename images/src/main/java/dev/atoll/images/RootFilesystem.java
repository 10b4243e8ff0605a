package dev.atoll.images;

import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The root file system of one sandbox or one build step. Its files live in the image store's folder
 * until it is discarded or committed.
 */
public interface RootFilesystem extends WritableFilesystem {
  /** The image below. */
  Image image();

  /** How ids inside appear on the host. */
  IdMapping idMapping();

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
}
