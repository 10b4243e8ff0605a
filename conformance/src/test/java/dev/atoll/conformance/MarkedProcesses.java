package dev.atoll.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Processes of sandboxes, seen from the host: what has run is known without any server. */
final class MarkedProcesses {
  private MarkedProcesses() {}

  /** Those that have that word among their arguments, as pid and time of start. */
  static Set<String> with(String word) throws IOException {
    Set<String> found = new TreeSet<>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        try {
          String words = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
          if (List.of(words.split("\0")).contains(word)) {
            found.add(process.getFileName() + " " + startTime(process));
          }
        } catch (IOException gone) {
          // It ended meanwhile.
        }
      }
    }
    return found;
  }

  /** Field 22 of proc_pid_stat(5); the name before it may hold anything. */
  private static String startTime(Path process) throws IOException {
    String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
  }
}
