package dev.atoll.cells.agent;

import dev.atoll.cells.CellException;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecStartException;
import dev.atoll.linux.Errno;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process that the agent was asked to start. */
public final class StartingExec {
  private static final long MOST_SECONDS = 60;

  private final AgentExec exec;

  StartingExec(AgentExec exec) {
    this.exec = exec;
  }

  /**
   * Waits until it runs. When the wait is given up the process is dropped.
   *
   * @throws ExecStartException when it can't be started
   * @throws CellException when the cell ends, or the agent doesn't answer for a minute
   */
  public Exec await() throws CellException, InterruptedException {
    try {
      AgentMessage.Started started = exec.started().get(MOST_SECONDS, TimeUnit.SECONDS);
      if (started.errno() != 0) {
        throw new ExecStartException(
            started.step(),
            started.errno(),
            "the process can't be started: %s: %s"
                .formatted(started.step(), Errno.describe(started.errno())));
      }
      return exec;
    } catch (ExecutionException e) {
      throw new CellException(
          "the process was not started: "
              + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
          e);
    } catch (TimeoutException e) {
      exec.drop();
      throw new CellException(
          "the guest agent did not start the process within " + MOST_SECONDS + " s", e);
    } catch (InterruptedException e) {
      exec.drop();
      throw e;
    }
  }
}
