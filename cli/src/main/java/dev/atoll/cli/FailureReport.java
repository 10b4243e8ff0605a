package dev.atoll.cli;

import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.BuildFailedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Says on stderr why a command failed: one line for what is foreseen, a stack trace for a defect.
 */
final class FailureReport implements IExecutionExceptionHandler {
  private static final int FAILED = 1;

  private final PrintStream err;

  FailureReport(PrintStream err) {
    this.err = err;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult parseResult) {
    switch (failure) {
      case BuildFailedException e -> {
        err.print(e.logEnd());
        say(String.valueOf(e.getMessage()));
      }
      case AtollException e -> say(String.valueOf(e.getMessage()));
      // Of a server in this process: quickstart's.
      case dev.atoll.errors.AtollException e -> say(String.valueOf(e.getMessage()));
      case CliException e -> say(String.valueOf(e.getMessage()));
      case StatusRuntimeException e -> say(describe(e.getStatus()));
      case IOException e -> say(String.valueOf(e.getMessage()));
      case InterruptedException e -> say("interrupted");
      default -> {
        say("this is a defect of atoll; please report it:");
        failure.printStackTrace(err);
      }
    }
    return FAILED;
  }

  private static String describe(Status status) {
    String description = status.getDescription();
    if (status.getCode() == Status.Code.UNAVAILABLE) {
      return "the server can't be reached"
          + (description == null ? "" : ": " + description)
          + "; is it running?";
    }
    return description == null ? "the server answered " + status.getCode() : description;
  }

  private void say(String message) {
    err.println("atoll: " + message);
  }
}
