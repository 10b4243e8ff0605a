package dev.atoll.images.oci;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Files by their names: in a folder or in an archive. */
interface NamedFiles extends Closeable {
  boolean has(String name);

  /** The size of a file, which must be there. */
  long size(String name) throws IOException;

  InputStream open(String name) throws IOException;

  /** All of a small file. */
  byte[] read(String name, int most) throws IOException;
}
