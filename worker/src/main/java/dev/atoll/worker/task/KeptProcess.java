package dev.atoll.worker.task;

import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecListener.Stream;
import dev.atoll.cells.KeptExec;
import dev.atoll.protocol.records.ProcessRecord;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.record.ProcessFile;
import dev.atoll.worker.record.TaskFolder;
import dev.atoll.worker.spool.KeptSegments;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * A process that a worker which died has started, or was about to.
 *
 * @param name of its file and spools
 * @param ended whether its end is known
 */
record KeptProcess(String name, ProcessRecord record, TaskProcess process, boolean ended) {
  /** Reads what is kept; empty when it was never asked for. */
  static Optional<KeptProcess> read(TaskFolder folder, String name, KeptSegments segments)
      throws IOException {
    ProcessFile file = folder.process(name);
    Optional<ProcessFile.Content> content = file.read();
    if (content.isEmpty()) {
      return Optional.empty();
    }
    ProcessRecord record = content.get().process();
    SpoolFolder spools =
        name.equals(TaskFolder.MAIN)
            ? folder.mainSpools(record.getSpoolBytes())
            : folder.spools(record.getSpoolBytes());
    TaskProcess process =
        TaskProcess.resume(
            spools,
            name,
            segments,
            new RecordedProcess(file, record),
            content.get().end(),
            content.get().stdinBytes());
    return Optional.of(new KeptProcess(name, record, process, content.get().end().isPresent()));
  }

  /** What the cell has to know of it. */
  KeptExec exec() {
    return new KeptExec(
        record.getNumber(),
        true,
        RecordedProcess.output(record),
        process,
        process.progress(Stream.STDOUT),
        process.progress(Stream.STDERR),
        ended,
        record.getOutOfMemoryBefore());
  }

  /**
   * Goes on with it.
   *
   * @param known the execs that the cell knows, by their numbers
   * @return false when it has never started
   */
  boolean resume(Map<Integer, Exec> known) {
    Optional<Exec> exec = Optional.ofNullable(known.get(record.getNumber()));
    if (exec.isPresent()) {
      process.started(exec.get());
      return true;
    }
    // Its end may have been heard meanwhile: that is before the cell lets go of it.
    boolean over = process.ended().isDone();
    process.isOver();
    return over;
  }
}
