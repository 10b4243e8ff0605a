package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Files of a folder; links are not followed. */
record FolderFiles(Path folder) implements NamedFiles {
  @Override
  public boolean has(String name) {
    return Files.isRegularFile(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(file(name));
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(file(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public byte[] read(String name, int most) throws IOException {
    if (size(name) > most) {
      throw AtollException.invalid("%s has more than %d bytes", file(name), most);
    }
    return Files.readAllBytes(file(name));
  }

  private Path file(String name) {
    if (!has(name)) {
      throw AtollException.invalid("%s has no file %s", folder, name);
    }
    return folder.resolve(name);
  }

  @Override
  public void close() {}
}
