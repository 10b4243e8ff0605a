package dev.atoll.sdk.files;

import java.io.Closeable;
import java.io.IOException;

/** An open file in a sandbox, with a position. Used by one thread at a time. */
public interface OpenFile extends Closeable {
  /** Reads so many bytes from the position on; fewer at the end of the file. */
  byte[] read(int count) throws IOException;

  /** Writes at the position, or at the end if it was opened so. */
  void write(byte[] bytes) throws IOException;

  /** Moves the position. */
  void seek(long position) throws IOException;
}
