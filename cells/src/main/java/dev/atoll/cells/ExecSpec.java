package dev.atoll.cells;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A process to start.
 *
 * @param program what to run
 * @param environment {@code NAME=value} entries; complete, nothing is added
 * @param workingDirectory absolute path inside
 * @param identity whose process it is
 * @param stdin whether the process reads what {@link Exec#writeStdin} sends, or an empty input
 * @param output where its output goes
 * @param timeout after it the whole process group gets SIGKILL
 */
public record ExecSpec(
    Program program,
    List<String> environment,
    String workingDirectory,
    Identity identity,
    boolean stdin,
    Output output,
    Optional<Duration> timeout) {
  public ExecSpec {
    environment = List.copyOf(environment);
  }

  /** What an exec runs. */
  public sealed interface Program {
    /** A command of the sandbox's own, looked up in the environment's PATH. */
    record Command(List<String> argv) implements Program {
      public Command {
        argv = List.copyOf(argv);
      }
    }

    /** The agent's own program {@code open}: one open file, served over stdin and stdout. */
    record OpenFile(String path, String mode) implements Program {}

    /**
     * The agent's own program {@code fifos}: prints the paths of the FIFOs in folders, each ended
     * by a NUL.
     *
     * @param since folders that have not changed since then are passed over
     * @param folders absolute, in raw names
     */
    record FindFifos(Instant since, List<String> folders) implements Program {
      public FindFifos {
        folders = List.copyOf(folders);
      }
    }
  }

  /** Where an exec's output goes. */
  public sealed interface Output {
    /**
     * Pipes.
     *
     * @param stdout whether stdout is read, or discarded
     * @param stderr what happens to stderr
     */
    record Pipes(boolean stdout, Stderr stderr) implements Output {}

    /** One pseudo terminal for stdin, stdout and stderr; its bytes come as stdout. */
    record Terminal(int rows, int columns) implements Output {}
  }

  /** What happens to stderr. */
  public enum Stderr {
    /** It goes to /dev/null. */
    DISCARD,
    /** It is a stream of its own. */
    PIPE,
    /** It is written to stdout, in order. */
    INTO_STDOUT
  }
}
