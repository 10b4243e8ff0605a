package dev.atoll.sdk.files;

import dev.atoll.sdk.files.FileOperations.Outcome;
import dev.atoll.sdk.files.FileOperations.ProgramMissingException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/**
 * The programs of POSIX.1-2024 in the sandbox's image, for what the protocol has no calls for.
 * Images without them can't do it.
 */
final class Utilities {
  private final FileOperations operations;

  Utilities(FileOperations operations) {
    this.operations = operations;
  }

  /**
   * Runs a program that must succeed.
   *
   * @param path what it is about, for exceptions
   * @throws UnsupportedOperationException if the image has no such program
   */
  void run(SandboxPath path, String... command) throws IOException {
    Outcome outcome = outcome(command);
    if (outcome.exitCode() != 0) {
      throw failure(path.toString(), outcome);
    }
  }

  /** As {@link #run}; false if the image has no such program. */
  boolean tryToRun(SandboxPath path, String... command) throws IOException {
    try {
      Outcome outcome = operations.run(List.of(command));
      if (outcome.exitCode() != 0) {
        throw failure(path.toString(), outcome);
      }
      return true;
    } catch (ProgramMissingException e) {
      return false;
    }
  }

  /** Whether the sandbox's user has all of the given rights: letters of {@code test(1)}. */
  boolean mayUse(SandboxPath path, List<String> rights) throws IOException {
    String absolute = path.toAbsolutePath().toString();
    List<String> command = new ArrayList<>();
    for (String right : rights) {
      command.addAll(command.isEmpty() ? List.of("test") : List.of("-a"));
      command.addAll(List.of("-" + right, absolute));
    }
    return outcome(command.toArray(String[]::new)).exitCode() == 0;
  }

  private Outcome outcome(String... command) throws IOException {
    try {
      return operations.run(List.of(command));
    } catch (ProgramMissingException e) {
      throw new UnsupportedOperationException("The protocol can't do this. " + e.getMessage(), e);
    }
  }

  /** Their messages end as strerror(3) has it in the locale C. */
  private static FileSystemException failure(String path, Outcome outcome) {
    String said = outcome.errors();
    String[] words = said.split(": ");
    return switch (words[words.length - 1]) {
      case "No such file or directory" -> new NoSuchFileException(path, null, said);
      case "Permission denied", "Operation not permitted", "Read-only file system" ->
          new AccessDeniedException(path, null, said);
      case "File exists" -> new FileAlreadyExistsException(path, null, said);
      case "Directory not empty" -> new DirectoryNotEmptyException(path);
      default ->
          new FileSystemException(
              path, null, said.isEmpty() ? "exit code " + outcome.exitCode() : said);
    };
  }
}
