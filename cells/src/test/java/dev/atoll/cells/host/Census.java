package dev.atoll.cells.host;

import dev.atoll.cells.process.Command;
import dev.atoll.linux.MountInfo;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What one instance, and this process, have on the host. Other servers run on the same machine, so
 * only what carries the instance's id, or belongs to this process, is counted.
 */
final class Census {
  private static final Pattern PARENT = Pattern.compile("(?m)^PPid:\\s+(\\d+)$");

  private Census() {}

  /** Everything that must be as before when the instance is closed. */
  static Map<String, Object> take(String instanceId, Path folder) throws Exception {
    Map<String, Object> census = new TreeMap<>();
    Set<String> mounts = new TreeSet<>();
    for (MountInfo mount : MountInfo.readAll()) {
      String point = mount.mountPoint().toString();
      if (point.contains(instanceId) || mount.mountPoint().startsWith(folder)) {
        mounts.add(point);
      }
    }
    census.put("mounts", mounts);
    try (var links = Files.list(Path.of("/sys/class/net"))) {
      census.put("links", names(links, instanceId));
    }
    Path namespaces = Path.of("/run/netns");
    if (Files.isDirectory(namespaces)) {
      try (var names = Files.list(namespaces)) {
        census.put("network namespaces", names(names, instanceId));
      }
    }
    census.put(
        "tables",
        new TreeSet<>(
            Command.of("nft", "list", "tables")
                .run()
                .lines()
                .filter(line -> line.contains(instanceId))
                .toList()));
    census.put("control groups", groups(instanceId));
    census.put("files", Files.exists(Path.of("/run/atoll", instanceId)));
    census.put("children", children());
    return census;
  }

  /** How many descriptors this process has open. */
  static long descriptors() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  /** This process's children, zombies included. */
  static Set<String> children() throws IOException {
    Set<String> children = new TreeSet<>();
    String self = Long.toString(ProcessHandle.current().pid());
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        try {
          String status = Files.readString(process.resolve("status"));
          var parent = PARENT.matcher(status);
          if (parent.find() && parent.group(1).equals(self)) {
            children.add(status.lines().limit(3).toList().toString());
          }
        } catch (IOException e) {
          // It ended while it was looked at.
          continue;
        }
      }
    }
    return children;
  }

  private static Set<String> groups(String instanceId) throws IOException {
    Set<String> groups = new TreeSet<>();
    Files.walkFileTree(
        Path.of("/sys/fs/cgroup"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.toString().contains(instanceId)) {
              groups.add(folder.toString());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return groups;
  }

  private static Set<String> names(java.util.stream.Stream<Path> files, String instanceId) {
    return new TreeSet<>(
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.contains(instanceId))
            .toList());
  }
}
