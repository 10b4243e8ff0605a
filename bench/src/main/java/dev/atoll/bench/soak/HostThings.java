package dev.atoll.bench.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What an instance has on the host beside its data folder: whatever carries its id.
 *
 * @param names of mounts, network namespaces, links, nft tables, cgroups and processes
 */
record HostThings(Map<String, SortedSet<String>> names) {
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  static HostThings of(String instanceId, Path data) throws IOException, InterruptedException {
    Map<String, SortedSet<String>> names = new TreeMap<>();
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      names.put(
          "mounts",
          collect(
              mounts
                  .filter(line -> line.contains(instanceId) || line.contains(data.toString()))
                  .map(line -> line.split(" ", -1)[4])));
    }
    names.put("network namespaces", lines(instanceId, "ip", "netns", "list"));
    names.put("links", lines(instanceId, "ip", "-o", "link"));
    names.put("nft tables", lines(instanceId, "nft", "list", "tables"));
    names.put("cgroups", groups(instanceId));
    names.put("processes", processes(instanceId, data));
    return new HostThings(names);
  }

  private static SortedSet<String> lines(String instanceId, String... command)
      throws IOException, InterruptedException {
    return collect(
        run(command)
            .lines()
            .filter(line -> line.contains(instanceId))
            .map(line -> line.replaceFirst(" mtu .*", "").strip()));
  }

  /** In each hierarchy of version 1, or in the one of version 2 (cgroups(7)). */
  private static SortedSet<String> groups(String instanceId)
      throws IOException, InterruptedException {
    SortedSet<String> groups = new TreeSet<>();
    List<Path> hierarchies = new ArrayList<>(List.of(GROUPS));
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(GROUPS, Files::isDirectory)) {
      folders.forEach(hierarchies::add);
    }
    for (Path hierarchy : hierarchies) {
      Path own = hierarchy.resolve("atoll-" + instanceId);
      if (Files.isDirectory(own)) {
        HostThings.run("find", own.toString(), "-type", "d").lines().forEach(groups::add);
      }
    }
    return groups;
  }

  /** By their command lines, or the groups that they are in. */
  private static SortedSet<String> processes(String instanceId, Path data) throws IOException {
    SortedSet<String> found = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        String command = read(process.resolve("cmdline")).replace('\0', ' ').strip();
        String groups = read(process.resolve("cgroup"));
        boolean ours =
            command.contains(instanceId)
                || command.contains(data.toString())
                || groups.contains("atoll-" + instanceId);
        if (ours) {
          found.add(process.getFileName() + " " + shortened(command));
        }
      }
    }
    return found;
  }

  private static String shortened(String command) {
    return command.length() > 160 ? command.substring(0, 160) + "…" : command;
  }

  /** Empty if the process has ended. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException _) {
      return "";
    }
  }

  private static SortedSet<String> collect(Stream<String> names) {
    SortedSet<String> set = new TreeSet<>();
    names.forEach(set::add);
    return set;
  }

  /** What there is more of than before, by its name; cells come and go, so the number counts. */
  List<String> excessOver(HostThings before) {
    List<String> excess = new ArrayList<>();
    names.forEach(
        (kind, now) -> {
          SortedSet<String> then = before.names.getOrDefault(kind, new TreeSet<>());
          if (now.size() > then.size()) {
            SortedSet<String> added = new TreeSet<>(now);
            added.removeAll(then);
            excess.add(
                "%s: %d instead of %d; new: %s".formatted(kind, now.size(), then.size(), added));
          }
        });
    return excess;
  }

  /** How many of each kind. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    names.forEach((kind, found) -> counts.put(kind, found.size()));
    return counts;
  }

  /** Everything, by its name: after a drain there must be nothing. */
  List<String> all() {
    List<String> all = new ArrayList<>();
    names.forEach((kind, found) -> found.forEach(name -> all.add(kind + ": " + name)));
    return all;
  }

  /** Runs a program that must succeed; its standard output. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
    }
    return output;
  }
}
