package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.RawNames;
import dev.atoll.linux.TransferBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** Reads small files of an image. Links stay inside of it; only regular files are read. */
final class ImageFiles {
  private static final int CHUNK = 65_536;
  private static final Set<Integer> NOT_THERE = Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);

  private ImageFiles() {}

  /** A file's bytes; empty when there is no regular file of this path. */
  static Optional<byte[]> read(DirectoryDescriptor root, String path, int most) throws IOException {
    try (OpenFile file = root.file(RawNames.of(path), Resolve.IN_ROOT);
        TransferBuffer buffer = new TransferBuffer(CHUNK)) {
      FileStatus status = file.status();
      if (!status.isRegular()) {
        return Optional.empty();
      }
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      byte[] chunk = new byte[CHUNK];
      for (int length = file.read(buffer); length > 0; length = file.read(buffer)) {
        if (content.size() + length > most) {
          throw AtollException.invalid(
              "the image's file %s has more than %d bytes", "/" + path, most);
        }
        buffer.get(chunk, 0, length);
        content.write(chunk, 0, length);
      }
      return Optional.of(content.toByteArray());
    } catch (LinuxException e) {
      if (isAbsence(e) || e.errno() == Errno.ENXIO) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether a failure means that no file has the path. */
  static boolean isAbsence(LinuxException e) {
    return NOT_THERE.contains(e.errno());
  }

  /** As {@link #read}, in UTF-8. */
  static Optional<String> readText(DirectoryDescriptor root, String path, int most)
      throws IOException {
    return read(root, path, most).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
