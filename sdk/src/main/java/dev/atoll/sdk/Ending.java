package dev.atoll.sdk;

import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxWaitRequest;
import dev.atoll.protocol.modal.SandboxWaitResponse;
import dev.atoll.sdk.transport.ControlPlane;
import java.time.Duration;
import java.util.OptionalInt;

/** Waits for the end of a sandbox, which says how it has ended. */
record Ending(ControlPlane controlPlane, String sandboxId) {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(50);
  private static final int EXIT_TIMEOUT = 124;
  private static final int EXIT_TERMINATED = 137;

  int await() {
    while (true) {
      OptionalInt exit = ask(LONGEST_WAIT);
      if (exit.isPresent()) {
        return exit.getAsInt();
      }
    }
  }

  OptionalInt await(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      OptionalInt exit = ask(left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT);
      if (exit.isPresent() || System.nanoTime() >= end) {
        return exit;
      }
    }
  }

  /** Asks once; the server answers when the sandbox has ended, or this time is over. */
  OptionalInt ask(Duration longest) {
    SandboxWaitResponse answer =
        controlPlane.call(
            ModalClientGrpc.getSandboxWaitMethod(),
            SandboxWaitRequest.newBuilder()
                .setSandboxId(sandboxId)
                .setTimeout(longest.toMillis() / 1000f)
                .build());
    GenericResult result = answer.getResult();
    return switch (result.getStatus()) {
      case GENERIC_STATUS_UNSPECIFIED -> OptionalInt.empty();
      case GENERIC_STATUS_TIMEOUT -> OptionalInt.of(EXIT_TIMEOUT);
      case GENERIC_STATUS_TERMINATED -> OptionalInt.of(EXIT_TERMINATED);
      case GENERIC_STATUS_INIT_FAILURE ->
          throw new FailedPreconditionException(
              "Sandbox " + sandboxId + " could not start: " + result.getException());
      case GENERIC_STATUS_INTERNAL_FAILURE ->
          throw new FailedPreconditionException(
              "Sandbox " + sandboxId + " was cut off: " + result.getException());
      default -> OptionalInt.of(result.getExitcode());
    };
  }
}
