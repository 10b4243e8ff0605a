package dev.atoll.images.oci;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** An image in an OCI layout (folder or archive) or in a Docker archive. */
public interface ArchiveContent extends AutoCloseable {
  /** What the image is made of. */
  ImagePlan plan(String architecture) throws IOException, InterruptedException;

  /** Its blobs. */
  BlobSource blobs();

  /** Lets go of files. */
  @Override
  void close() throws IOException;

  /**
   * Looks what a file or folder is; empty for a root folder and for the archive of one.
   *
   * @param scratch a folder where a compressed archive of an image can be unpacked
   */
  static Optional<ArchiveContent> recognise(Path source, Path scratch)
      throws IOException, InterruptedException {
    return ArchiveRecognition.recognise(source, scratch);
  }
}
