package dev.atoll.sdk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;

/** Turns what goes wrong with a sandbox's files into the JDK's exceptions. */
final class FileFailures {
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int ENOTDIR = 20;
  private static final int EPERM = 1;
  private static final int EACCES = 13;

  private FileFailures() {}

  interface Call<T> {
    T call() throws IOException, InterruptedException;
  }

  interface Action {
    void run() throws IOException;
  }

  /** Calls; a failure is an {@link IOException} that names the path. */
  static <T> T calling(String path, Call<T> call) throws IOException {
    try {
      return call.call();
    } catch (AtollException e) {
      throw of(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(path, e);
    }
  }

  /** {@link #calling}, without a result. */
  static void running(String path, Action action) throws IOException {
    var _ =
        calling(
            path,
            () -> {
              action.run();
              return Optional.empty();
            });
  }

  private static IOException of(String path, AtollException failure) {
    String said = String.valueOf(failure.getMessage());
    return switch (failure) {
      case SandboxFilesystemException file -> caused(ofErrno(path, file.errno(), said), file);
      case CallInterruptedException interrupt -> interrupted(path, interrupt);
      default -> caused(new FileSystemException(path, null, said), failure);
    };
  }

  private static IOException ofErrno(String path, int errno, String said) {
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(path);
      case EEXIST -> new FileAlreadyExistsException(path);
      case ENOTDIR -> new NotDirectoryException(path);
      case EPERM, EACCES -> new AccessDeniedException(path);
      default -> new FileSystemException(path, null, said);
    };
  }

  /** What the program of the filesystem helpers has written to stderr: an object, or anything. */
  static IOException ofTool(String path, int exitCode, String errors) {
    try {
      return Json.read(
          errors,
          failure ->
              ofKind(
                  path,
                  Json.field(failure, "error_kind").getAsString(),
                  Json.field(failure, "message").getAsString()),
          _ -> new FileSystemException(path, null, "failed with exit code " + exitCode));
    } catch (IOException unknown) {
      return unknown;
    }
  }

  private static IOException ofKind(String path, String kind, String message) {
    return switch (kind) {
      case "NotFound" -> new NoSuchFileException(path);
      case "AlreadyExists", "PathAlreadyExists" -> new FileAlreadyExistsException(path);
      case "NotDirectory", "IsFile" -> new NotDirectoryException(path);
      case "DirectoryNotEmpty" -> new DirectoryNotEmptyException(path);
      case "PermissionDenied" -> new AccessDeniedException(path, null, message);
      default -> new FileSystemException(path, null, message);
    };
  }

  /** The sandbox's answer is none that the protocol knows. */
  static IOException garbled(String path, Exception cause) {
    return caused(
        new FileSystemException(path, null, "the sandbox's answer is no valid one"), cause);
  }

  private static IOException interrupted(String path, Exception cause) {
    return caused(new InterruptedIOException("Interrupted at " + path), cause);
  }

  private static IOException caused(IOException failure, Exception cause) {
    failure.initCause(cause);
    return failure;
  }
}
