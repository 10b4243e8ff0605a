package dev.atoll.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a server has on the host beside its data folder. Other servers run on the same machine, so
 * only what carries the instance's id, or the data folder's path, is counted.
 */
final class Leftovers {
  private Leftovers() {}

  /** A line for each thing; none when everything has been released. */
  static List<String> of(String instanceId, String dataFolder)
      throws IOException, InterruptedException {
    List<String> left = new ArrayList<>();
    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains(dataFolder) || line.contains("/run/atoll/" + instanceId))
        .forEach(line -> left.add("mount " + line));
    if (Files.exists(Path.of("/run/atoll", instanceId))) {
      left.add("folder /run/atoll/" + instanceId);
    }
    addLoopDevices(left, dataFolder);
    for (String command : List.of("ip -o link", "ip netns list", "nft list tables")) {
      TinyRoot.run(command.split(" "))
          .lines()
          .filter(l -> l.contains(instanceId))
          .forEach(l -> left.add(l.strip()));
    }
    addGroups(left, instanceId);
    addProcesses(left, instanceId, dataFolder);
    return left;
  }

  private static void addLoopDevices(List<String> left, String dataFolder) throws IOException {
    try (var devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
      for (Path device : devices) {
        Path backing = device.resolve("loop/backing_file");
        if (Files.exists(backing)) {
          String file = new String(Files.readAllBytes(backing), StandardCharsets.UTF_8);
          if (file.contains(dataFolder)) {
            left.add(device.getFileName() + " " + file.strip());
          }
        }
      }
    } catch (NoSuchFileException e) {
      // One was let go of meanwhile: whoever waits looks again.
      left.add("a loop device that went");
    }
  }

  /** Groups are directories, at most three levels deep: hierarchy, {@code atoll-ID}, its cells. */
  private static void addGroups(List<String> left, String instanceId) throws IOException {
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      Stream.concat(Stream.of(Path.of("/sys/fs/cgroup")), hierarchies)
          .map(hierarchy -> hierarchy.resolve("atoll-" + instanceId))
          .filter(Files::exists)
          .forEach(group -> left.add("cgroup " + group));
    }
  }

  private static void addProcesses(List<String> left, String instanceId, String dataFolder)
      throws IOException {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        String command = commandLine(process);
        if (command.contains(instanceId) || command.contains(dataFolder)) {
          left.add("process " + process.getFileName() + " " + command);
        }
      }
    }
  }

  private static String commandLine(Path process) throws IOException {
    try {
      byte[] words = Files.readAllBytes(process.resolve("cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (NoSuchFileException e) {
      return ""; // it ended meanwhile
    } catch (IOException e) {
      if (Files.exists(process)) {
        throw e;
      }
      return "";
    }
  }
}
