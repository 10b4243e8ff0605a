package dev.atoll.images.store;

import dev.atoll.images.content.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The folder below the layers of every root. It is part of no image: what a sandbox's mounts need
 * is there in every image, and nothing must be written into the upper folder for it.
 */
final class Skeleton {
  /** Where extra CA certificates are bound, beside an image's own bundle. */
  static final String TRUST_FILE = "/etc/ssl/atoll/ca-certificates.pem";

  /** No layer has this name: theirs have small letters. */
  private static final String PLAIN = "S";

  private static final String WITH_TRUST = "T";

  private Skeleton() {}

  static boolean isName(String name) {
    return name.startsWith(PLAIN) || name.startsWith(WITH_TRUST);
  }

  /** Makes it when it is missing, and gives its folder's name. Overlays in use see it unchanged. */
  static String create(StoreFolder folder, boolean trust) throws IOException {
    String name = trust ? WITH_TRUST : PLAIN;
    Path complete = folder.layers().resolve(name);
    if (Files.exists(complete)) {
      return name;
    }
    Path root = folder.layers().resolve(name + JsonFiles.TEMPORARY);
    for (String each : List.of("", "proc", "dev", "sys", "tmp", "etc")) {
      directory(root.resolve(each), each.equals("tmp") ? "rwxrwxrwx" : "rwxr-xr-x");
    }
    // The sticky bit, which Java's permissions lack.
    Files.setAttribute(root.resolve("tmp"), "unix:mode", 01777);
    for (String each : List.of("hosts", "hostname", "resolv.conf")) {
      file(root.resolve("etc").resolve(each));
    }
    if (trust) {
      Path file = root.resolve(TRUST_FILE.substring(1));
      directory(root.resolve("etc/ssl"), "rwxr-xr-x");
      directory(root.resolve("etc/ssl/atoll"), "rwxr-xr-x");
      file(file);
    }
    Files.move(root, complete);
    return name;
  }

  private static void directory(Path path, String permissions) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static void file(Path path) throws IOException {
    if (!Files.exists(path)) {
      Files.createFile(path);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
