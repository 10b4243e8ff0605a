package dev.atoll.images.oci;

import java.io.IOException;
import java.io.InputStream;

/** Where an image's blobs come from. Implementations are thread-safe. */
public interface BlobSource {
  /** The manifest or index from which an image begins. */
  Document root() throws IOException, InterruptedException;

  /** A manifest or index by its descriptor, verified. */
  byte[] manifest(Descriptor descriptor) throws IOException, InterruptedException;

  /** Opens a blob; reading it to its end verifies size and digest. */
  InputStream open(Descriptor descriptor) throws IOException, InterruptedException;

  /**
   * A manifest or index.
   *
   * @param mediaType as its source says; may be empty
   */
  record Document(String mediaType, byte[] bytes) {}
}
