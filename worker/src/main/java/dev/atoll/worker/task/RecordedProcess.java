package dev.atoll.worker.task;

import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecSpec;
import dev.atoll.protocol.records.ProcessRecord;
import dev.atoll.protocol.records.Stderr;
import dev.atoll.worker.process.ProcessJournal;
import dev.atoll.worker.record.ProcessFile;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a process's record.
 *
 * @param asked what was asked for; number and count are not in it yet
 */
record RecordedProcess(ProcessFile file, ProcessRecord asked) implements ProcessJournal {
  private static final Logger log = LoggerFactory.getLogger(RecordedProcess.class);

  /**
   * What was asked for.
   *
   * @param execId the client's; empty for a main process
   */
  static ProcessRecord of(String execId, ExecRequest request, long spoolBytes) {
    return ProcessRecord.newBuilder()
        .setExecId(execId)
        .setTerminal(request.terminal().isPresent())
        .setStdout(request.stdout())
        .setStderr(
            switch (request.stderr()) {
              case DISCARD -> Stderr.STDERR_DISCARD;
              case PIPE -> Stderr.STDERR_PIPE;
              case INTO_STDOUT -> Stderr.STDERR_INTO_STDOUT;
            })
        .setSpoolBytes(spoolBytes)
        .build();
  }

  /** Where a recorded process's output goes; of a terminal's size nobody asks any more. */
  static ExecSpec.Output output(ProcessRecord record) {
    if (record.getTerminal()) {
      return new ExecSpec.Output.Terminal(0, 0);
    }
    return new ExecSpec.Output.Pipes(
        record.getStdout(),
        switch (record.getStderr()) {
          case STDERR_PIPE -> ExecSpec.Stderr.PIPE;
          case STDERR_INTO_STDOUT -> ExecSpec.Stderr.INTO_STDOUT;
          case STDERR_DISCARD, UNRECOGNIZED -> ExecSpec.Stderr.DISCARD;
        });
  }

  @Override
  public void numbered(int number, long outOfMemoryBefore) throws IOException {
    file.begin(asked.toBuilder().setNumber(number).setOutOfMemoryBefore(outOfMemoryBefore).build());
  }

  @Override
  public boolean ended(ExecEnd end, long stdinBytes) {
    try {
      file.end(end, stdinBytes);
      return true;
    } catch (IOException full) {
      log.warn("the end of a process can't be recorded: its cell keeps it", full);
      return false;
    }
  }

  @Override
  public void discarded() {
    try {
      file.remove();
    } catch (IOException left) {
      log.debug("the record of a process is not removed yet", left);
    }
  }
}
