package dev.atoll.sdk.files;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What can be asked of a sandbox's files. Paths are absolute. Every method blocks, and fails with
 * the exceptions of {@code java.nio.file}, which name the path.
 */
public interface FileOperations {
  /** The sandbox's id. */
  String sandboxId();

  /** What is at the path; a symbolic link tells of itself. */
  FileEntry stat(String path) throws IOException;

  /** What is in a folder, sorted by name. */
  List<FileEntry> list(String path) throws IOException;

  /** Makes a folder in one that exists. */
  void makeDirectory(String path) throws IOException;

  /** Removes a file, a link or an empty folder. */
  void remove(String path) throws IOException;

  /**
   * Opens a file; symbolic links are followed.
   *
   * @param mode as in {@code fopen(3)}: {@code r}, {@code w}, {@code a}, {@code r+} or {@code w+}
   */
  OpenFile open(String path, String mode) throws IOException;

  /** Starts to watch a folder's children for the given kinds of events. */
  Watch watch(String path, List<String> events) throws IOException;

  /**
   * Runs a program of the sandbox's image to its end.
   *
   * @throws ProgramMissingException if the image has no such program
   */
  Outcome run(List<String> command) throws IOException;

  /**
   * How a program has ended.
   *
   * @param exitCode 0 if it did what it was asked
   * @param errors what it wrote to stderr, without the last line's end
   */
  record Outcome(int exitCode, String errors) {}

  /** The image has no such program. */
  final class ProgramMissingException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Names the program. */
    public ProgramMissingException(String program, Throwable cause) {
      super("The sandbox's image has no program '" + program + "'", cause);
    }
  }

  /**
   * What has happened in a folder that is watched.
   *
   * @param type such as {@code Create}; see {@link SandboxWatchKey}
   * @param paths absolute: one, or two if one was renamed to the other
   */
  record Event(String type, List<String> paths) {}

  /** What is told of a folder while it is watched, until it is closed. */
  interface Watch {
    /** Waits for the next event; empty at the end. */
    Optional<Event> next() throws IOException;

    /** Ends the watch; whoever waits for an event is told of its end. */
    void close();
  }
}
