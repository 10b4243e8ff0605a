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
  /** The name of an empty folder, which is below the layers of what is mounted in a sandbox. */
  static final String EMPTY = "E";

  /**
   * No layer has such a name: theirs have small letters. One that holds something else than before
   * has another number, since overlays may be in use.
   */
  private static final String NAME = "S2";

  private Skeleton() {}

  /** Whether it is the name of a skeleton, of any version. */
  static boolean isName(String name) {
    return name.startsWith("S") || name.equals(EMPTY);
  }

  /** Whether it is the name of one that {@link #create} makes. */
  static boolean isCurrent(String name) {
    return name.equals(NAME) || name.equals(EMPTY);
  }

  /**
   * Makes it and the empty folder when they are missing, and gives its folder's name. Overlays in
   * use see it unchanged.
   */
  static String create(StoreFolder folder) throws IOException {
    directory(folder.layers().resolve(EMPTY), "rwxr-xr-x");
    Path complete = folder.layers().resolve(NAME);
    if (Files.exists(complete)) {
      return NAME;
    }
    Path root = folder.layers().resolve(NAME + JsonFiles.TEMPORARY);
    for (String each : List.of("", "proc", "dev", "sys", "tmp", "etc", "__modal")) {
      directory(root.resolve(each), each.equals("tmp") ? "rwxrwxrwx" : "rwxr-xr-x");
    }
    // The sticky bit, which Java's permissions lack.
    Files.setAttribute(root.resolve("tmp"), "unix:mode", 01777);
    for (String each : List.of("hosts", "hostname", "resolv.conf")) {
      file(root.resolve("etc").resolve(each));
    }
    Files.move(root, complete);
    return NAME;
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
