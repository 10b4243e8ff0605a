package dev.atoll.bench.soak;

import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.CallInterruptedException;
import dev.atoll.sdk.CallTimeoutException;
import dev.atoll.sdk.UnavailableException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;

/** A user of the server who repeats what failed because the server was away, and nothing else. */
record PatientClient(Gaps gaps, Tally tally) {
  // On a busy machine servers take longer to start than they live, so that whatever takes a while
  // meets one gap after the other.
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** A call that may be made again. */
  interface Call<T> {
    T call() throws IOException, InterruptedException, Violation;
  }

  /** {@link Call}, without a result. */
  interface Action {
    void run() throws IOException, InterruptedException, Violation;
  }

  /**
   * Makes a call until it succeeds, at most for 5 minutes.
   *
   * @param kind what it is, for the counts
   * @throws Violation if it fails although the server was there, or for too long
   */
  <T> T repeat(String kind, Call<T> call) throws Violation, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long start = System.nanoTime();
      try {
        T result = call.call();
        tally.called(kind);
        return result;
      } catch (AtollException | IOException | StatusRuntimeException failure) {
        if (Thread.interrupted() || failure instanceof CallInterruptedException) {
          throw new InterruptedException(kind);
        }
        if (!gaps.since(start) || !mayBeTheGap(failure)) {
          throw new Violation(kind + " failed", failure);
        }
        if (System.nanoTime() > end) {
          throw new Violation(kind + " still fails after " + PATIENCE, failure);
        }
        tally.repeated(kind, failure);
        Thread.sleep(PAUSE);
      }
    }
  }

  /** {@link #repeat}, without a result. */
  void run(String kind, Action action) throws Violation, InterruptedException {
    var _ =
        repeat(
            kind,
            () -> {
              action.run();
              return true;
            });
  }

  /** Open files and connections break with their server, so an IOException may be that. */
  private static boolean mayBeTheGap(Exception failure) {
    return switch (failure) {
      case UnavailableException _, CallTimeoutException _ -> true;
      case AtollException _, NoSuchFileException _ -> false;
      case StatusRuntimeException status -> status.getStatus().getCode() == Status.Code.UNAVAILABLE;
      default -> true;
    };
  }
}
