package dev.atoll.bench.soak;

import dev.atoll.protocol.worker.EndCause;
import java.util.Set;

/** The ways in which sandboxes end. */
enum Ending {
  TERMINATED(Set.of(EndCause.TERMINATED)),
  EXITED(Set.of(EndCause.EXITED)),
  /** By a process of its own. */
  KILLED(Set.of(EndCause.SIGNALLED)),
  /** In runc a process is killed, which is the main process here. */
  OUT_OF_MEMORY(Set.of(EndCause.OUT_OF_MEMORY, EndCause.SIGNALLED)),
  IDLE(Set.of(EndCause.IDLE)),
  TIMED_OUT(Set.of(EndCause.TIMEOUT));

  private final Set<EndCause> causes;

  Ending(Set<EndCause> causes) {
    this.causes = causes;
  }

  /** Whether the server may give that cause for it. */
  boolean mayBe(EndCause cause) {
    return causes.contains(cause);
  }

  /** Whether it comes by itself, some seconds after the start. */
  boolean comesByItself() {
    return this == IDLE || this == TIMED_OUT;
  }

  /** The exit code of a sandbox whose command would exit with the given one. */
  int exitCode(int ofCommand) {
    return switch (this) {
      case EXITED -> ofCommand;
      case TIMED_OUT -> 124;
      case TERMINATED, KILLED, OUT_OF_MEMORY, IDLE -> 137;
    };
  }
}
