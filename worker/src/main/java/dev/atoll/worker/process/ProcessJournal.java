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
        public void ended(ExecEnd end) {}

        @Override
        public void discarded() {}
      };

  /** It is about to be started; when this throws it isn't. */
  void numbered(int number, long outOfMemoryBefore) throws IOException;

  /** It has ended. */
  void ended(ExecEnd end);

  /** Nobody wants its output any more. */
  void discarded();
}
