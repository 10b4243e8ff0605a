package dev.atoll.worker.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The folders of a worker's tasks. Thread-safe. */
public final class TaskRecords {
  private static final String FOLDER = "tasks";

  private final Path directory;
  private volatile boolean closed;

  private TaskRecords(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens the records of a worker.
   *
   * @param workerDirectory the worker's own folder
   */
  public static TaskRecords open(Path workerDirectory) throws IOException {
    return new TaskRecords(Files.createDirectories(workerDirectory.resolve(FOLDER)));
  }

  /** A task's folder; it is made with its first file. */
  public TaskFolder folder(String taskId) {
    return new TaskFolder(directory.resolve(taskId), this);
  }

  /** The folders that there are. */
  public List<TaskFolder> all() throws IOException {
    try (Stream<Path> folders = Files.list(directory)) {
      return folders.map(folder -> new TaskFolder(folder, this)).toList();
    }
  }

  /** The ids of the cells of tasks that have not ended. */
  public Set<String> cells() throws IOException {
    Set<String> cells = new HashSet<>();
    for (TaskFolder folder : all()) {
      if (folder.end().isEmpty()) {
        folder.task().ifPresent(task -> cells.add(task.getCellId()));
      }
    }
    return cells;
  }

  /** From now on nothing is removed, and no end is written that only the hand-over causes. */
  public void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }
}
