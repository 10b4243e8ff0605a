package dev.atoll.cells.agent;

import dev.atoll.cells.CellEndedException;
import dev.atoll.cells.CellException;
import dev.atoll.cells.FolderLocation;
import dev.atoll.cells.RefusedException;
import dev.atoll.linux.Errno;
import dev.atoll.linux.RawNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
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
   * @throws RefusedException when the agent says that it failed
   * @throws CellException when the cell ends, or after a minute
   */
  public void await() throws CellException, InterruptedException {
    await(MOST);
  }

  /** As {@link #await()}, for another time than a minute. */
  public void await(Duration limit) throws CellException, InterruptedException {
    var _ = answer(limit);
  }

  /**
   * Waits for the answer to LOCATE: the mount that holds a folder, and where in it.
   *
   * @throws CellException as {@link #await()}
   */
  public FolderLocation location(Path dock) throws CellException, InterruptedException {
    AgentRequest.Place place =
        answer(MOST)
            .place()
            .orElseThrow(() -> new CellException(request.name() + " was answered without a place"));
    return new FolderLocation(
        place.source().isEmpty()
            ? Optional.empty()
            : Optional.of(dock.resolve(RawNames.text(place.source()))),
        place.path());
  }

  private AgentRequest.Answer answer(Duration limit) throws CellException, InterruptedException {
    try {
      AgentRequest.Answer answer = request.answer().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.errno() != 0) {
        throw new RefusedException(
            answer.step(),
            answer.errno(),
            "%s failed at the step '%s': %s"
                .formatted(request.name(), answer.step(), Errno.describe(answer.errno())));
      }
      return answer;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CellEndedException ended) {
        throw ended;
      }
      throw new CellException(
          request.name() + " failed: " + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
          e);
    } catch (TimeoutException e) {
      throw new CellException(
          request.name() + " was not answered within " + limit.toMillis() + " ms", e);
    }
  }
}
