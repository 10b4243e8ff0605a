package dev.atoll.worker.process;

import dev.atoll.cells.ExecEnd;
import java.io.IOException;

/** Hears what a later worker has to know of a process, before it counts. */
public interface ProcessJournal {
  /** Of a process that does not outlive this worker. */
  ProcessJournal NONE =
      new ProcessJournal() {
        @Override
        public void numbered(int number, long outOfMemoryBefore) {}

        @Override
        public boolean ended(ExecEnd end, long stdinBytes) {
          return true;
        }

        @Override
        public void discarded() {}
      };

  /** It is about to be started; when this throws it isn't. */
  void numbered(int number, long outOfMemoryBefore) throws IOException;

  /**
   * It has ended. Whether that is kept.
   *
   * @param stdinBytes how much of its input was taken: who writes that again is told so
   */
  boolean ended(ExecEnd end, long stdinBytes);

  /** Nobody wants its output any more. */
  void discarded();
}
