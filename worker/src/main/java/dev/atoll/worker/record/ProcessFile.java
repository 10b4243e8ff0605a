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
   */
  public record Content(ProcessRecord process, Optional<ExecEnd> end) {}

  /** Begins the file. */
  public void begin(ProcessRecord process) throws IOException {
    file.begin(process);
  }

  /** Adds the end. */
  public void end(ExecEnd end) throws IOException {
    ProcessEnd.Builder message = ProcessEnd.newBuilder();
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
      Optional<ExecEnd> end = Appended.next(in, ProcessEnd.parser()).map(ProcessFile::execEnd);
      return Optional.of(new Content(process.get(), end));
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
