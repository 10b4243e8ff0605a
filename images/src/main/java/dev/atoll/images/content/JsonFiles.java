package dev.atoll.images.content;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Small records as JSON files: written whole or not at all, read strictly. */
public final class JsonFiles {
  /** How the name of a file ends that is not yet what it will be. */
  public static final String TEMPORARY = ".tmp";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private JsonFiles() {}

  /** The same bytes for equal records. */
  public static byte[] bytes(Object record) {
    return MAPPER.writeValueAsBytes(record);
  }

  /** Reads a record; empty when there is no such file. */
  public static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
    try {
      return Optional.of(MAPPER.readValue(Files.readAllBytes(file), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw new IOException(file + " is no " + type.getSimpleName() + ": " + e.getMessage(), e);
    }
  }

  /** Writes a record so that after a crash the file holds the old or the new one. */
  public static void write(Path file, Object record) throws IOException {
    prepare(file, record);
    try (FileChannel channel = FileChannel.open(temporary(file), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    publish(file);
    synchronize(file.toAbsolutePath().getParent());
  }

  /** Writes a record beside its file, for {@link #publish}. */
  public static void prepare(Path file, Object record) throws IOException {
    Files.write(temporary(file), bytes(record));
  }

  /** Puts a prepared record, which must be on the disk, in its place. */
  public static void publish(Path file) throws IOException {
    Files.move(temporary(file), file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes a folder's names to the disk. */
  public static void synchronize(@Nullable Path folder) throws IOException {
    if (folder == null) {
      return; // Of the root of all files.
    }
    try (FileChannel channel = FileChannel.open(folder)) {
      channel.force(true);
    }
  }

  private static Path temporary(Path file) {
    return file.resolveSibling(file.getFileName() + TEMPORARY);
  }
}
