package dev.atoll.worker.record;

import dev.atoll.cells.ExecEnd;
import dev.atoll.protocol.records.ProcessEnd;
import dev.atoll.protocol.records.ProcessRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The file of one process: how it was started, then how it ended. */
public final class ProcessFile {
  private final Appended file;

  ProcessFile(Appended file) {
    this.file = file;
  }

  /**
   * What the file says.
   *
   * @param end empty while it runs, or when nobody heard its end
   * @param stdinBytes how much of its input was taken; 0 while there is no end
   */
  public record Content(ProcessRecord process, Optional<ExecEnd> end, long stdinBytes) {}

  /** Begins the file. */
  public void begin(ProcessRecord process) throws IOException {
    file.begin(process);
  }

  /**
   * Adds the end.
   *
   * @param stdinBytes how much of its input was taken
   */
  public void end(ExecEnd end, long stdinBytes) throws IOException {
    ProcessEnd.Builder message = ProcessEnd.newBuilder().setStdinBytes(stdinBytes);
    switch (end) {
      case ExecEnd.Exited exited -> message.setCode(exited.code());
      case ExecEnd.Signalled signalled ->
          message
              .setSignal(signalled.signal())
              .setTimeout(signalled.timeout())
              .setOutOfMemory(signalled.outOfMemory());
      case ExecEnd.CellEnded _ -> {
        // The task ends with it, and says why.
        return;
      }
    }
    file.append(message.build());
  }

  /** What it says; empty when its process was never asked for. */
  public Optional<Content> read() throws IOException {
    try (InputStream in = file.open()) {
      Optional<ProcessRecord> process = Appended.next(in, ProcessRecord.parser());
      if (process.isEmpty()) {
        return Optional.empty();
      }
      Optional<ProcessEnd> end = Appended.next(in, ProcessEnd.parser());
      return Optional.of(
          new Content(
              process.get(),
              end.map(ProcessFile::execEnd),
              end.map(ProcessEnd::getStdinBytes).orElse(0L)));
    }
  }

  /** Removes the file; without effect when there is none. */
  public void remove() throws IOException {
    file.remove();
  }

  private static ExecEnd execEnd(ProcessEnd end) {
    return end.hasSignal()
        ? new ExecEnd.Signalled(end.getSignal(), end.getTimeout(), end.getOutOfMemory())
        : new ExecEnd.Exited(end.getCode());
  }
}
