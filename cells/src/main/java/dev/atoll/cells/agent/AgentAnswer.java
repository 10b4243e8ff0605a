package dev.atoll.cells.agent;

import dev.atoll.cells.CellException;
import dev.atoll.linux.Errno;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An answer of the agent that is under way. */
public final class AgentAnswer {
  private static final Duration MOST = Duration.ofSeconds(60);

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
    await(MOST);
  }

  /** As {@link #await()}, for another time than a minute. */
  public void await(Duration limit) throws CellException, InterruptedException {
    try {
      AgentRequest.Answer answer = request.answer().get(limit.toMillis(), TimeUnit.MILLISECONDS);
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
          request.name() + " was not answered within " + limit.toMillis() + " ms", e);
    }
  }
}
