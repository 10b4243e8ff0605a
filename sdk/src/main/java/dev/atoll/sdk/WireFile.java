package dev.atoll.sdk;

import dev.atoll.sdk.files.OpenFile;
import java.io.IOException;

/** An open file of the protocol, with the JDK's exceptions. */
record WireFile(String path, SandboxFile file) implements OpenFile {
  @Override
  public byte[] read(int count) throws IOException {
    return FileFailures.calling(path, () -> file.read(count));
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    FileFailures.running(path, () -> file.write(bytes));
  }

  @Override
  public void seek(long position) throws IOException {
    FileFailures.running(path, () -> file.seek(position));
  }

  @Override
  public void close() throws IOException {
    FileFailures.running(path, file::close);
  }
}
