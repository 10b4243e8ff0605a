package dev.atoll.bench.soak;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a server's process has: descriptors, threads, and objects after a full garbage collection.
 *
 * @param descriptors how many of each kind are open, by proc_pid_fd(5)
 * @param threads how many there are of each name, without numbers; virtual ones too
 * @param heapBytes of all objects that are alive
 * @param objects how many there are of each of Atoll's own classes
 */
record ServerInside(
    Map<String, Long> descriptors,
    Map<String, Long> threads,
    long heapBytes,
    Map<String, Long> objects) {
  private static final Pattern THREAD = Pattern.compile("(?m)^#\\d+ \"(.*?)\"( virtual)?");
  private static final Pattern OBJECTS =
      Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +(dev\\.atoll\\.[\\w.$]+)(?<!Lambda)$");
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
  // Pools of threads and of connections grow and shrink by themselves.
  private static final long DESCRIPTORS_ALLOWED = 16;
  private static final long THREADS_ALLOWED = 24;
  private static final long HEAP_ALLOWED = 16 << 20;
  private static final long OBJECTS_ALLOWED = 100;
  // The main process of a sandbox that has ended is remembered with its two streams.
  private static final long HEAP_OF_REMEMBERED = 16 << 10;
  private static final long OBJECTS_OF_REMEMBERED = 3;

  /** Asks the process, which collects its garbage for that. */
  static ServerInside of(long pid, Path scratch) throws IOException, InterruptedException {
    Path dump = scratch.resolve("threads.txt");
    HostThings.run(
        jcmd(), Long.toString(pid), "Thread.dump_to_file", "-overwrite", dump.toString());
    String threads = Files.readString(dump);
    // Cleaners run after a first collection and let go of more.
    HostThings.run(jcmd(), Long.toString(pid), "GC.run");
    String histogram = HostThings.run(jcmd(), Long.toString(pid), "GC.class_histogram");
    Map<String, Long> objects = new TreeMap<>();
    OBJECTS
        .matcher(histogram)
        .results()
        .forEach(line -> objects.put(line.group(2), Long.parseLong(line.group(1))));
    MatchResult total =
        TOTAL
            .matcher(histogram)
            .results()
            .findFirst()
            .orElseThrow(() -> new IOException("jcmd told of no objects: " + histogram));
    Map<String, Long> names = new TreeMap<>();
    THREAD
        .matcher(threads)
        .results()
        .forEach(line -> count(names, withoutNumbers(line.group(1) + virtual(line))));
    return new ServerInside(descriptors(pid), names, Long.parseLong(total.group(1)), objects);
  }

  private static String virtual(MatchResult line) {
    return line.group(2) == null ? "" : " (virtual)";
  }

  private static String jcmd() {
    return Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
  }

  private static Map<String, Long> descriptors(long pid) throws IOException {
    Map<String, Long> kinds = new TreeMap<>();
    Path folder = Path.of("/proc", Long.toString(pid), "fd");
    try (DirectoryStream<Path> open = Files.newDirectoryStream(folder)) {
      for (Path descriptor : open) {
        try {
          count(kinds, withoutNumbers(Files.readSymbolicLink(descriptor).toString()));
        } catch (NoSuchFileException _) {
          // Closed meanwhile.
        }
      }
    }
    return kinds;
  }

  private static void count(Map<String, Long> counts, String key) {
    counts.merge(key, 1L, Long::sum);
  }

  private static String withoutNumbers(String text) {
    return text.replaceAll("\\b(cell |ta-|sb-|ex-)[\\w-]+", "$1ID")
        .replaceAll("[0-9a-f-]{20,}|\\d+", "N");
  }

  /**
   * In which way it has more than an earlier one, beyond what comes and goes by itself.
   *
   * @param remembered how many more sandboxes have ended of which the output is kept
   */
  List<String> excessOver(ServerInside before, int remembered) {
    List<String> excess = new ArrayList<>();
    if (sum(descriptors) > sum(before.descriptors) + DESCRIPTORS_ALLOWED) {
      excess.add("descriptors: " + differences(before.descriptors, descriptors));
    }
    if (sum(threads) > sum(before.threads) + THREADS_ALLOWED) {
      excess.add("threads: " + differences(before.threads, threads));
    }
    if (heapBytes > before.heapBytes + HEAP_ALLOWED + remembered * HEAP_OF_REMEMBERED) {
      excess.add("heap: %,d bytes, %,d before".formatted(heapBytes, before.heapBytes));
    }
    long allowed = OBJECTS_ALLOWED + remembered * OBJECTS_OF_REMEMBERED;
    objects.forEach(
        (type, count) -> {
          if (count > before.objects.getOrDefault(type, 0L) + allowed) {
            excess.add("objects: %,d of %s".formatted(count, type));
          }
        });
    return excess;
  }

  /** All differences, in words. */
  String comparedWith(ServerInside before) {
    return "descriptors %d, before %d %s; threads %d, before %d %s; heap %,d KiB, before %,d KiB %s"
        .formatted(
            sum(descriptors),
            sum(before.descriptors),
            differences(before.descriptors, descriptors),
            sum(threads),
            sum(before.threads),
            differences(before.threads, threads),
            heapBytes >> 10,
            before.heapBytes >> 10,
            differences(before.objects, objects));
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  static Map<String, Long> differences(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> differences = new TreeMap<>();
    after.forEach((key, count) -> differences.merge(key, count, Long::sum));
    before.forEach((key, count) -> differences.merge(key, -count, Long::sum));
    differences.values().removeIf(difference -> difference == 0);
    return differences;
  }
}
