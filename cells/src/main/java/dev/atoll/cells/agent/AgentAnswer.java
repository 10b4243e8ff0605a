package dev.atoll.cells.agent;

import dev.atoll.cells.CellException;
import dev.atoll.linux.Errno;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An answer of the agent that is under way. */
public final class AgentAnswer {
  private static final long MOST_SECONDS = 60;

  private final AgentRequest request;

  AgentAnswer(AgentRequest request) {
    this.request = request;
  }

  /**
   * Waits for the answer.
   *
   * @throws CellException when the agent says that it failed, when the cell ends, or after a minute
   */
  public void await() throws CellException, InterruptedException {
    try {
      AgentRequest.Answer answer = request.answer().get(MOST_SECONDS, TimeUnit.SECONDS);
      if (answer.errno() != 0) {
        throw new CellException(
            "%s failed at the step '%s': %s"
                .formatted(request.name(), answer.step(), Errno.describe(answer.errno())));
      }
    } catch (ExecutionException e) {
      throw new CellException(
          request.name() + " failed: " + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
          e);
    } catch (TimeoutException e) {
      throw new CellException(
          request.name() + " was not answered within " + MOST_SECONDS + " s", e);
    }
  }
}
