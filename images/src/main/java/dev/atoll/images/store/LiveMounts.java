package dev.atoll.images.store;

import dev.atoll.images.content.Digests;
import dev.atoll.linux.MountInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The root file systems that are mounted anywhere on this host: also in mount namespaces of
 * sandboxes that a dead server has left running. The source of each says which it is, and not where
 * the store is: in the runc tier users read it.
 *
 * @param roots names of the folders
 * @param lower names of the lower folders that they use
 */
record LiveMounts(Set<String> roots, Set<String> lower) {
  private static final int STORE_CHARACTERS = 16;

  /** The word by which a root's mount is found again (mountinfo's source). */
  static String source(StoreFolder folder, Path root) {
    return prefix(folder.roots()) + root.getFileName();
  }

  /** Other stores of this host have other words. */
  private static String prefix(Path roots) {
    String store = Digests.hex(Digests.sha256(roots.toString().getBytes(StandardCharsets.UTF_8)));
    return "atoll-" + store.substring(0, STORE_CHARACTERS) + ":";
  }

  /** Looks into every mount namespace. For a start only: milliseconds for each process. */
  static LiveMounts find(StoreFolder folder) throws IOException {
    Set<String> roots = new HashSet<>();
    Set<String> lower = new HashSet<>();
    String prefix = prefix(folder.roots());
    for (List<MountInfo> mounts : MountNamespaces.all()) {
      for (MountInfo mount : mounts) {
        if (mount.source().startsWith(prefix)) {
          roots.add(mount.source().substring(prefix.length()));
          lower.addAll(lowerNames(mount.superOptions()));
        }
      }
    }
    return new LiveMounts(roots, lower);
  }

  private static List<String> lowerNames(String options) {
    for (String option : options.split(",")) {
      if (option.startsWith("lowerdir=")) {
        return List.of(option.substring("lowerdir=".length()).split(":"));
      }
    }
    return List.of();
  }

  /** Where a root is mounted in this process's namespace. */
  static List<Path> mountPoints(StoreFolder folder, Path root) throws IOException {
    List<Path> points = new ArrayList<>();
    String source = source(folder, root);
    for (MountInfo mount : MountInfo.readAll()) {
      if (mount.source().equals(source)) {
        points.add(mount.mountPoint());
      }
    }
    return points;
  }

  private static final class MountNamespaces {
    static List<List<MountInfo>> all() throws IOException {
      List<List<MountInfo>> result = new ArrayList<>();
      result.add(MountInfo.readAll());
      Set<Path> seen = new HashSet<>();
      seen.add(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
      try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
        for (Path process : processes) {
          try {
            Path namespace = Files.readSymbolicLink(process.resolve("ns/mnt"));
            if (!seen.contains(namespace)) {
              result.add(MountInfo.readAll(process));
              // Only now: another process may be in it when this one has ended.
              seen.add(namespace);
            }
          } catch (IOException e) {
            // The process has ended, or is a thread of the kernel.
            continue;
          }
        }
      }
      return result;
    }
  }
}
