package dev.atoll.images.store;

import dev.atoll.images.content.JsonFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Folders of small records. */
final class Records {
  static final String SUFFIX = ".json";

  private Records() {}

  /** All records; half-written ones are removed. */
  static <T> List<T> readAll(Path folder, Class<T> type) throws IOException {
    List<T> records = new ArrayList<>();
    for (String name : names(folder)) {
      Path file = folder.resolve(name);
      if (name.endsWith(JsonFiles.TEMPORARY)) {
        Files.delete(file);
      } else {
        JsonFiles.read(file, type).ifPresent(records::add);
      }
    }
    return records;
  }

  static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return names;
  }
}
