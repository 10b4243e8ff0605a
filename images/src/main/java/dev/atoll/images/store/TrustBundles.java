package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.images.Image;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageStore.TrustBundle;
import dev.atoll.images.content.Digests;
import dev.atoll.images.content.JsonFiles;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One file of CA certificates for each image: its own roots and the configured ones. */
final class TrustBundles {
  private static final int MOST_BYTES = 8 << 20;
  private static final String FILE = "ca-certificates.pem";

  private static final List<String> VARIABLES =
      List.of(
          "SSL_CERT_FILE",
          "REQUESTS_CA_BUNDLE",
          "PIP_CERT",
          "CURL_CA_BUNDLE",
          "GIT_SSL_CAINFO",
          "NODE_EXTRA_CA_CERTS");

  private final StoreFolder folder;
  private final String extra;

  private TrustBundles(StoreFolder folder, String extra) {
    this.folder = folder;
    this.extra = extra;
  }

  static TrustBundles open(StoreFolder folder, List<Path> certificates) throws IOException {
    StringBuilder extra = new StringBuilder();
    for (Path file : certificates) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (!text.contains("-----BEGIN CERTIFICATE-----")) {
        throw AtollException.invalid("%s holds no CA certificate in PEM form", file);
      }
      extra.append(text.stripTrailing()).append('\n');
    }
    return new TrustBundles(folder, extra.toString());
  }

  boolean isNeeded() {
    return !extra.isEmpty();
  }

  synchronized TrustBundle bundle(Image image, DirectoryDescriptor root) throws IOException {
    Optional<byte[]> own = Optional.empty();
    for (String path : TrustFolders.USUAL) {
      own = own.isPresent() ? own : ImageFiles.read(root, path, MOST_BYTES);
    }
    Map<String, String> environment = new LinkedHashMap<>();
    VARIABLES.forEach(name -> environment.put(name, TrustFolders.FILE));
    Path directory = folder.trust().resolve(Digests.hex(image.digest().value()));
    write(
        directory,
        own.map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)).orElse("") + "\n" + extra);
    return new TrustBundle(directory, FILE, TrustFolders.FILE, environment);
  }

  /** A bundle that is mounted stays as it is: a changed one is another file. */
  private static void write(Path directory, String text) throws IOException {
    Path file = directory.resolve(FILE);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (Files.exists(file) && Files.mismatch(file, temporary(directory, bytes)) < 0) {
      Files.delete(directory.resolve(FILE + JsonFiles.TEMPORARY));
      return;
    }
    Files.move(temporary(directory, bytes), file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path temporary(Path directory, byte[] bytes) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path file = Files.write(directory.resolve(FILE + JsonFiles.TEMPORARY), bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  /** Removes those of all images but these. */
  synchronized void keepOnly(Collection<ImageRecord> images) throws IOException {
    Set<String> kept = new HashSet<>();
    images.forEach(image -> kept.add(Digests.hex(image.digest())));
    for (String name : Records.names(folder.trust())) {
      if (!kept.contains(name)) {
        remove(folder.trust().resolve(name));
      }
    }
  }

  synchronized void remove(ImageDigest digest) throws IOException {
    remove(folder.trust().resolve(Digests.hex(digest.value())));
  }

  private static void remove(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
    Files.deleteIfExists(directory.resolve(FILE + JsonFiles.TEMPORARY));
    Files.deleteIfExists(directory);
  }
}
