package dev.atoll.worker.mount;

import com.google.protobuf.ByteString;
import dev.atoll.errors.AtollException;
import java.nio.file.Path;
import java.util.List;

/** Paths of folders in a sandbox, as clients name them. */
public final class FolderPaths {
  private static final int LONGEST = 4095;
  private static final int SHOWN_CHARACTERS = 200;

  /** What the kernel of the sandbox makes up, or what only the sandbox as a whole may have. */
  private static final List<String> KERNEL = List.of("proc", "sys", "dev");

  private FolderPaths() {}

  /**
   * A path as a client sends it.
   *
   * @throws AtollException INVALID_ARGUMENT when it isn't an absolute path in UTF-8
   */
  public static String parse(ByteString path) {
    if (path.isEmpty()) {
      throw AtollException.invalid("path: must not be empty; name an absolute path");
    }
    if (path.size() > LONGEST) {
      throw AtollException.invalid(
          "path: must have at most %d bytes, but has %d", LONGEST, path.size());
    }
    String text = path.toStringUtf8();
    if (!path.isValidUtf8() || text.indexOf('\0') >= 0) {
      throw AtollException.invalid("path: must be UTF-8 without NUL");
    }
    if (!text.startsWith("/")) {
      throw AtollException.invalid("path '%s': must be absolute", shown(text));
    }
    return text;
  }

  /**
   * Refuses paths on which nothing may be mounted. Where links lead is for the guest agent to see.
   *
   * @throws AtollException INVALID_ARGUMENT
   */
  static void refuseReserved(String path) {
    String relative = relative(path);
    if (relative.isEmpty() || isKernels(relative)) {
      throw reserved(path);
    }
  }

  static AtollException reserved(String path) {
    return AtollException.invalid(
        "path '%s': nothing can be mounted on /, nor at or below /proc, /sys and /dev",
        shown(path));
  }

  /**
   * Refuses what is no part of a sandbox's files.
   *
   * @param relative to the sandbox's root
   * @param path as it was asked for
   * @throws AtollException INVALID_ARGUMENT
   */
  static void refuseKernels(String relative, String path) {
    if (isKernels(relative)) {
      throw AtollException.invalid(
          "path '%s': what is at or below /proc, /sys and /dev is no part of a sandbox's files",
          shown(path));
    }
  }

  /** A path without its dots, relative to the root, as if there were no links. */
  static String relative(String path) {
    return Path.of("/").relativize(Path.of(path).normalize()).toString();
  }

  private static boolean isKernels(String relative) {
    return KERNEL.stream()
        .anyMatch(name -> relative.equals(name) || relative.startsWith(name + "/"));
  }

  /** A path for an error's sentence. */
  static String shown(String path) {
    String start =
        path.length() <= SHOWN_CHARACTERS ? path : path.substring(0, SHOWN_CHARACTERS) + "…";
    return start.replaceAll("\\p{Cntrl}", "?");
  }
}
