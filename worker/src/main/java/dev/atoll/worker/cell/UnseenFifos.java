package dev.atoll.worker.cell;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.util.List;
import java.util.Optional;

/** What users are told of FIFOs that a layer would lack: see {@code Cell.unseenFifos}. */
public final class UnseenFifos {
  private static final int MOST_NAMED = 3;

  private UnseenFifos() {}

  /**
   * Refuses a snapshot that would lack FIFOs.
   *
   * @throws AtollException FAILED_PRECONDITION when there are any
   */
  public static void refuse(List<String> paths) {
    if (!paths.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          ("the snapshot would lack %s: gVisor keeps FIFOs in memory. Remove them, or make them"
                  + " below /dev/shm, which is part of no snapshot; then ask again")
              .formatted(named(paths)));
    }
  }

  /** A line for the log of a build step that made FIFOs. */
  public static Optional<String> warning(List<String> paths) {
    return paths.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ("warning: the image will lack %s: gVisor keeps FIFOs in memory. Make them when the"
                    + " sandbox runs\n")
                .formatted(named(paths)));
  }

  private static String named(List<String> paths) {
    String first =
        String.join(", ", paths.stream().limit(MOST_NAMED).map(path -> "'" + path + "'").toList());
    int more = paths.size() - MOST_NAMED;
    return (paths.size() == 1 ? "the FIFO " : "the FIFOs ")
        + first
        + (more > 0 ? " and %d more".formatted(more) : "");
  }
}
