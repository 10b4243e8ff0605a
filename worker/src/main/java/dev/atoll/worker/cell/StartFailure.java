package dev.atoll.worker.cell;

import dev.atoll.cells.ExecStartException;
import dev.atoll.cells.RefusedException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.util.List;
import java.util.Optional;

/** Says in a user's words why a process could not be started (execve(2), chdir(2), fork(2)). */
public final class StartFailure {
  private static final int ENOENT = 2;
  private static final int E2BIG = 7;
  private static final int ENOEXEC = 8;
  private static final int EAGAIN = 11;
  private static final int ENOMEM = 12;
  private static final int EACCES = 13;
  private static final int ENOTDIR = 20;
  private static final int EISDIR = 21;
  private static final int EINVAL = 22;
  private static final int EMFILE = 24;
  private static final int ETXTBSY = 26;
  private static final int ENAMETOOLONG = 36;
  private static final int ELOOP = 40;
  private static final int SHOWN_CHARACTERS = 200;

  private StartFailure() {}

  /**
   * What to tell the user: INVALID_ARGUMENT when the command or the workdir is the mistake,
   * RESOURCE_EXHAUSTED when a limit is in the way, else INTERNAL.
   */
  public static AtollException explain(
      ExecStartException failure, List<String> argv, String workdir) {
    String program = argv.isEmpty() ? "" : shown(argv.getFirst());
    return switch (failure.step()) {
      case "cwd" -> invalid(failure, "workdir '%s': %s", shown(workdir), folder(failure.errno()));
      case "exec" ->
          switch (failure.errno()) {
            case ENOENT ->
                invalid(
                    failure,
                    program.contains("/")
                        ? "command '%s': no such file in the image, or its interpreter is missing"
                        : "command '%s': not found in PATH",
                    program);
            case EACCES, EISDIR ->
                invalid(failure, "command '%s': not an executable file for this user", program);
            case ENOEXEC ->
                invalid(
                    failure,
                    "command '%s': neither a program for this CPU nor a script that begins with #!",
                    program);
            case ENOTDIR -> invalid(failure, "command '%s': a part of it is no folder", program);
            case ELOOP -> invalid(failure, "command '%s': too many symbolic links", program);
            case ENAMETOOLONG -> invalid(failure, "command '%s': the name is too long", program);
            case E2BIG ->
                invalid(
                    failure,
                    "command '%s': its arguments and environment are too long;"
                        + " one of them may have at most 131071 bytes",
                    program);
            case ETXTBSY ->
                new AtollException(
                    ErrorCode.FAILED_PRECONDITION,
                    "command '%s': the file is still open for writing; close it, then run it again"
                        .formatted(program),
                    failure);
            case EAGAIN, ENOMEM, EMFILE -> host(failure, program);
            // Whatever else the kernel has against a file: it is the image's or the user's.
            default ->
                invalid(
                    failure,
                    "command '%s': the kernel can't execute it (errno %d)",
                    program,
                    failure.errno());
          };
      case "identity" ->
          failure.errno() == EINVAL
              ? invalid(
                  failure,
                  "command '%s': the image's user or one of its groups has a number that this"
                      + " server's sandboxes don't have; use one below 65536",
                  program)
              : host(failure, program);
      default -> host(failure, program);
    };
  }

  /**
   * What to tell the user when a root was refused: FAILED_PRECONDITION when the image is the
   * reason; empty when it is not.
   */
  public static Optional<AtollException> explain(RefusedException refusal) {
    return switch (refusal.step()) {
      case "proc", "dev", "sys" ->
          switch (refusal.errno()) {
            case ENOENT, ENOTDIR, ELOOP ->
                Optional.of(image(refusal, "/" + refusal.step(), "a folder"));
            default -> Optional.empty();
          };
      default ->
          refusal.step().startsWith("/") && (refusal.errno() == EISDIR || refusal.errno() == EINVAL)
              ? Optional.of(image(refusal, refusal.step(), "a file"))
              : Optional.empty();
    };
  }

  private static AtollException image(RefusedException refusal, String path, String kind) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the image can't be started: %s must be %s in it, or missing".formatted(path, kind),
        refusal);
  }

  private static String folder(int errno) {
    return switch (errno) {
      case ENOENT -> "no such folder in the image";
      case ENOTDIR -> "not a folder";
      case EACCES -> "the image's user may not enter it";
      case ELOOP -> "too many symbolic links";
      case ENAMETOOLONG -> "the name is too long";
      default -> "it can't be entered (errno " + errno + ")";
    };
  }

  private static AtollException host(ExecStartException failure, String program) {
    return switch (failure.errno()) {
      case EAGAIN, ENOMEM, EMFILE ->
          new AtollException(
              ErrorCode.RESOURCE_EXHAUSTED,
              ("command '%s': the sandbox's limit of processes or memory is reached; end some"
                      + " processes, then run it again")
                  .formatted(program),
              failure);
      default ->
          new AtollException(
              ErrorCode.INTERNAL,
              "command '%s' could not be started (%s, errno %d)"
                  .formatted(program, failure.step(), failure.errno()),
              failure);
    };
  }

  private static AtollException invalid(
      ExecStartException failure, String format, Object... arguments) {
    return new AtollException(ErrorCode.INVALID_ARGUMENT, format.formatted(arguments), failure);
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
