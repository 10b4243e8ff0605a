package dev.atoll.images.tar;

import java.util.List;
import java.util.Map;

/**
 * One entry of an archive.
 *
 * @param type what it is
 * @param name its path as written, raw
 * @param linkName the target of a symbolic or hard link as written, raw; empty for others
 * @param mode permission bits
 * @param uid owner, zero or more
 * @param gid group, zero or more
 * @param size of the file in bytes, holes included; 0 for what has no content
 * @param seconds of the last modification, since 1970
 * @param nanoseconds of that second
 * @param attributes extended attributes by their full names
 * @param regions where the content's bytes belong, in order, when the file has holes; empty when it
 *     has none
 */
public record TarEntry(
    Type type,
    String name,
    String linkName,
    int mode,
    int uid,
    int gid,
    long size,
    long seconds,
    int nanoseconds,
    Map<String, byte[]> attributes,
    List<Region> regions) {

  /** Kinds of entries. */
  public enum Type {
    FILE,
    DIRECTORY,
    SYMLINK,
    HARD_LINK,
    FIFO,
    DEVICE
  }

  /** A run of bytes that are not a hole. */
  public record Region(long offset, long length) {}
}
