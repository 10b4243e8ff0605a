package dev.atoll.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One mount of this process's mount namespace, as /proc/self/mountinfo lists it
 * (proc_pid_mountinfo(5)).
 *
 * @param id unique among the mounts of now
 * @param parentId the mount that it is mounted on
 * @param root the folder of the file system that is its root
 * @param mountPoint where it is
 * @param options of this mount, separated by commas
 * @param tags propagation, such as {@code shared:12 master:3}; empty when private
 * @param type the file system
 * @param source the device, or the word given at the mount
 * @param superOptions of the file system, separated by commas
 */
public record MountInfo(
    int id,
    int parentId,
    String root,
    Path mountPoint,
    String options,
    String tags,
    String type,
    String source,
    String superOptions) {

  /** Reads all mounts, in the order in which they were made. */
  public static List<MountInfo> readAll() throws IOException {
    return readAll(Path.of("/proc/self"));
  }

  /**
   * Reads all mounts of another process's mount namespace.
   *
   * @param process its folder below /proc
   */
  public static List<MountInfo> readAll(Path process) throws IOException {
    // Names may hold any byte, and a name that is not UTF-8 must not hide the rest of the table.
    String text =
        new String(Files.readAllBytes(process.resolve("mountinfo")), StandardCharsets.UTF_8);
    List<MountInfo> mounts = new ArrayList<>();
    for (String line : text.lines().toList()) {
      mounts.add(parse(line));
    }
    return mounts;
  }

  /**
   * The mounts whose mount point is this folder or below it, the last made first: the order in
   * which they can be unmounted.
   */
  public static List<MountInfo> atOrBelow(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    return readAll().reversed().stream()
        .filter(mount -> mount.mountPoint().startsWith(absolute))
        .toList();
  }

  /** Parses one line of the table. */
  static MountInfo parse(String line) {
    int separator = line.indexOf(" - ");
    String[] head = line.substring(0, separator).split(" ", 7);
    String[] tail = line.substring(separator + 3).split(" ", 3);
    return new MountInfo(
        Integer.parseInt(head[0]),
        Integer.parseInt(head[1]),
        unescape(head[3]),
        Path.of(unescape(head[4])),
        head[5],
        head.length > 6 ? head[6] : "",
        tail[0],
        unescape(tail[1]),
        tail.length > 2 ? tail[2] : "");
  }

  /** Blanks, tabs, newlines and backslashes are written as three octal digits. */
  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length()) {
        result.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        result.append(c);
      }
    }
    return result.toString();
  }
}
