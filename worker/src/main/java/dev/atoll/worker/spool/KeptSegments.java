package dev.atoll.worker.spool;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The segment files that a process which died has left in a folder, found in one look. */
public final class KeptSegments {
  private static final Pattern SEGMENT = Pattern.compile("(.+)\\.([0-9]{1,18})");

  private final Map<String, NavigableMap<Long, Path>> byName;

  private KeptSegments(Map<String, NavigableMap<Long, Path>> byName) {
    this.byName = byName;
  }

  /** Looks into a folder, which may be missing. */
  public static KeptSegments in(Path directory) throws IOException {
    Map<String, NavigableMap<Long, Path>> byName = new HashMap<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          Matcher segment = SEGMENT.matcher(file.getFileName().toString());
          if (segment.matches()) {
            byName
                .computeIfAbsent(segment.group(1), _ -> new TreeMap<>())
                .put(Long.parseLong(segment.group(2)), file);
          }
        }
      }
    }
    return new KeptSegments(byName);
  }

  /** Those of one spool, by their numbers. */
  NavigableMap<Long, Path> of(String spool) {
    return byName.getOrDefault(spool, Collections.emptyNavigableMap());
  }
}
