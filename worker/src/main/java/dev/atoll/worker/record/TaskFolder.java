package dev.atoll.worker.record;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.atoll.protocol.records.MountsRecord;
import dev.atoll.protocol.records.TaskRecord;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.worker.spool.KeptSegments;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is kept of one task, its output included. Thread-safe. */
public final class TaskFolder {
  /** The name of the main process. */
  public static final String MAIN = "main";

  /** A client's streams of logs follow one another within a moment. */
  private static final Duration READERS_PATIENCE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(TaskFolder.class);
  private static final String TASK = "task";
  private static final String END = "end";
  private static final String MOUNTS = "mounts";
  private static final String CONNECT = "connect";
  private static final String PROCESS_SUFFIX = ".process";

  private final Path directory;
  private final TaskRecords records;

  TaskFolder(Path directory, TaskRecords records) {
    this.directory = directory;
    this.records = records;
  }

  /** The task's id. */
  public String taskId() {
    return directory.getFileName().toString();
  }

  /**
   * Where its output goes.
   *
   * @param limit how much of each stream is kept, in bytes
   */
  public SpoolFolder spools(long limit) {
    return new SpoolFolder(directory, limit);
  }

  /**
   * Where the main process's output goes: nobody may ever read it, so it is cut rather than the
   * process held up.
   *
   * @param limit how much of each stream is kept, in bytes
   */
  public SpoolFolder mainSpools(long limit) {
    return spools(limit).cutAfter(READERS_PATIENCE);
  }

  /** The segment files that are here now. */
  public KeptSegments segments() throws IOException {
    return KeptSegments.in(directory);
  }

  /** Its record; empty when it has not begun to run. */
  public Optional<TaskRecord> task() throws IOException {
    return read(TASK, TaskRecord.parser());
  }

  /** Writes its record. */
  public void task(TaskRecord record) throws IOException {
    write(TASK, record);
  }

  /** How it ended; empty when it hasn't. */
  public Optional<TaskEnded> end() throws IOException {
    return read(END, TaskEnded.parser());
  }

  /**
   * Writes how it ended. What it was while it ran is dropped with {@link #dropRunning()}.
   *
   * @param ofHandOver whether only the hand-over to the next worker could be the cause: then
   *     nothing is written once the records are closed
   */
  public void end(TaskEnded end, boolean ofHandOver) throws IOException {
    if (!ofHandOver || !records.isClosed()) {
      write(END, end);
    }
  }

  /** Whether the task is left to the next worker. */
  public boolean isHandedOver() {
    return records.isClosed();
  }

  /** The images that are mounted in it, or may be. */
  public MountsRecord mounts() throws IOException {
    return read(MOUNTS, MountsRecord.parser()).orElse(MountsRecord.getDefaultInstance());
  }

  /** Writes which images are mounted in it, or may be. */
  public void mounts(MountsRecord mounts) throws IOException {
    write(MOUNTS, mounts);
  }

  /** The file of a process of that name. */
  public ProcessFile process(String name) {
    return new ProcessFile(new Appended(directory.resolve(name + PROCESS_SUFFIX), records));
  }

  /** Its connect tokens. */
  public ConnectFile connect() {
    return new ConnectFile(new Appended(directory.resolve(CONNECT), records));
  }

  /** The names of the processes that have a file. */
  public List<String> processes() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(PROCESS_SUFFIX))
          .map(name -> name.substring(0, name.length() - PROCESS_SUFFIX.length()))
          .toList();
    }
  }

  /** Drops what only a task that runs needs. */
  public void dropRunning() throws IOException {
    if (!records.isClosed()) {
      Files.deleteIfExists(directory.resolve(TASK));
      Files.deleteIfExists(directory.resolve(MOUNTS));
      Files.deleteIfExists(directory.resolve(CONNECT));
    }
  }

  /** Drops the end; the folder goes when no output is left in it. */
  public void forget() {
    try {
      dropRunning();
      process(MAIN).remove();
      Files.deleteIfExists(directory.resolve(END));
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException read) {
      log.debug("output of {} is still being read", directory);
    } catch (IOException left) {
      log.warn("the folder {} is not removed yet", directory, left);
    }
  }

  /** Removes everything, whatever it is: nothing of the task is left. */
  public void remove() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }

  /** Removes what only a task that runs needs, whoever has left it. */
  public void removeRunning() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith(MAIN) && !name.equals(END)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private void write(String name, Message message) throws IOException {
    Path fresh = directory.resolve(name + ".new");
    try {
      Files.write(fresh, message.toByteArray());
    } catch (NoSuchFileException first) {
      Files.createDirectories(directory);
      Files.write(fresh, message.toByteArray());
    }
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private <T> Optional<T> read(String name, Parser<T> parser) throws IOException {
    try {
      return Optional.of(parser.parseFrom(Files.readAllBytes(directory.resolve(name))));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (InvalidProtocolBufferException broken) {
      log.error("{} of task {} can't be read and counts for nothing", name, taskId(), broken);
      return Optional.empty();
    }
  }
}
