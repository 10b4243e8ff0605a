package dev.atoll.images.oci;

import com.github.luben.zstd.ZstdIOException;
import dev.atoll.errors.AtollException;
import dev.atoll.images.tar.Decompression;
import dev.atoll.images.tar.TarEntry;
import dev.atoll.images.tar.TarFormatException;
import dev.atoll.images.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

/**
 * Tells archives of images from archives of roots. An image's archive holds nothing but its own
 * files; the first entry of any other name decides.
 */
final class ArchiveRecognition {
  private static final Pattern OF_IMAGES =
      Pattern.compile(
          "oci-layout|index\\.json|manifest\\.json|config\\.json|repositories|blobs(/.*)?|ingest"
              + "|(sha256:)?[0-9a-f]{64}(\\.json|\\.tar(\\.gz)?|/.*)?");

  private ArchiveRecognition() {}

  static Optional<ArchiveContent> recognise(Path source, Path scratch)
      throws IOException, InterruptedException {
    if (Files.isDirectory(source)) {
      boolean layout = Files.isRegularFile(source.resolve("oci-layout"));
      return layout
          ? Optional.of(new OciLayout(new FolderFiles(source), source.toString()))
          : Optional.empty();
    }
    try {
      if (!isOfImage(source)) {
        return Optional.empty();
      }
    } catch (TarFormatException | EOFException | ZipException | ZstdIOException e) {
      throw AtollException.invalid(
          "%s is no OCI layout, Docker archive, root folder or tar of one: %s",
          source, String.valueOf(e.getMessage()));
    }
    ArchiveFiles files = plain(source, scratch);
    return Optional.of(
        files.has("oci-layout")
            ? new OciLayout(files, source.toString())
            : new DockerArchive(files, source.toString()));
  }

  private static boolean isOfImage(Path source) throws IOException, InterruptedException {
    try (InputStream stream = Decompression.of(Files.newInputStream(source))) {
      TarReader reader = new TarReader(stream);
      boolean named = false;
      for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        String name = ArchiveFiles.clean(entry.get().name());
        if (!name.isEmpty() && !OF_IMAGES.matcher(name).matches()) {
          return false;
        }
        named |= name.equals("oci-layout") || name.equals("manifest.json");
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      return named;
    }
  }

  /** Blobs are read in any order: a compressed archive is unpacked into a file first. */
  private static ArchiveFiles plain(Path source, Path scratch) throws IOException {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(source))) {
      if (!Decompression.isCompressed(stream)) {
        return ArchiveFiles.open(source, false);
      }
      Files.createDirectories(scratch);
      Path file = Files.createTempFile(scratch, "archive", ".tar");
      try (InputStream content = Decompression.of(stream)) {
        Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
        return ArchiveFiles.open(file, true);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    }
  }
}
