package dev.atoll.images.oci;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Where an image's blobs come from. Implementations are thread-safe. */
public interface BlobSource {
  /** The manifest or index from which an image begins. */
  Document root() throws IOException, InterruptedException;

  /** A manifest or index by its descriptor, verified. */
  byte[] manifest(Descriptor descriptor) throws IOException, InterruptedException;

  /** Opens a blob; reading it to its end verifies size and digest. */
  InputStream open(Descriptor descriptor) throws IOException, InterruptedException;

  /**
   * Whose permission it took to get what this source has given so far: the name of a repository, or
   * empty when everybody gets it.
   */
  default Optional<String> guard() {
    return Optional.empty();
  }

  /** How often a blob whose transfer fails should be opened. */
  default int attempts() {
    return TransferException.ATTEMPTS;
  }

  /**
   * A manifest or index.
   *
   * @param mediaType as its source says; may be empty
   */
  record Document(String mediaType, byte[] bytes) {}
}
