package dev.atoll.cells.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads and writes the small files of a cgroup file system. */
final class GroupFiles {
  private static final long STANDSTILL_NANOS = 5_000_000_000L;
  private static final long BETWEEN_LOOKS_NANOS = 200_000;

  private GroupFiles() {}

  static void write(Path folder, String file, String value) throws IOException {
    try {
      Files.writeString(folder.resolve(file), value);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "the kernel refuses " + value + " for " + folder.resolve(file) + ": " + reason(e), e);
    }
  }

  static long readNumber(Path folder, String file) throws IOException {
    return Long.parseLong(Files.readString(folder.resolve(file)).strip());
  }

  /** A file of lines {@code name number}. */
  static Map<String, Long> readTable(Path folder, String file) throws IOException {
    return Files.readAllLines(folder.resolve(file)).stream()
        .map(line -> line.split(" ", 2))
        .collect(Collectors.toMap(line -> line[0], line -> Long.parseLong(line[1].strip())));
  }

  static List<Integer> readProcesses(Path folder) throws IOException {
    try {
      return Files.readAllLines(folder.resolve("cgroup.procs")).stream()
          .map(Integer::parseInt)
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Names of the groups below a group. */
  static List<String> readChildren(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var children = Files.list(folder)) {
      return children
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .toList();
    }
  }

  /**
   * Waits until a file has a line.
   *
   * @throws IOException when it hasn't within five seconds
   */
  static void awaitLine(Path folder, String file, String line)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + STANDSTILL_NANOS;
    while (!Files.readAllLines(folder.resolve(file)).contains(line)) {
      if (System.nanoTime() > end) {
        throw new IOException(
            folder.resolve(file) + " does not become '" + line + "' within seconds");
      }
      Thread.sleep(Duration.ofNanos(BETWEEN_LOOKS_NANOS));
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.FileSystemException failure && failure.getReason() != null
        ? failure.getReason()
        : String.valueOf(e.getMessage());
  }
}
