package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.TunnelData;
import dev.atoll.protocol.worker.TaskEnded;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A sandbox that has not ended, where those who wait for it wait. Thread-safe. */
final class LiveSandbox {
  private final String sandboxId;
  private final String taskId;
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();
  private final CompletableFuture<TaskEnded> ended = new CompletableFuture<>();
  private final StdinCursor stdin;
  private final Admission.Place place;
  private final long arrivedNanos;
  private volatile List<TunnelData> tunnels = List.of();
  private volatile Optional<String> breakdown = Optional.empty();
  private boolean startAsked;
  private boolean endAsked;
  private boolean endClaimed;

  LiveSandbox(
      String sandboxId,
      String taskId,
      StdinCursor stdin,
      Admission.Place place,
      long arrivedNanos) {
    this.sandboxId = sandboxId;
    this.taskId = taskId;
    this.stdin = stdin;
    this.place = place;
    this.arrivedNanos = arrivedNanos;
  }

  String sandboxId() {
    return sandboxId;
  }

  String taskId() {
    return taskId;
  }

  /** Completes when the task runs, or can't any more. */
  CompletableFuture<Boolean> started() {
    return started;
  }

  /** {@link #runs(List)} of a task that was started just now, and where the time went, as JSON. */
  void runs(List<TunnelData> reachedBy, String start) {
    breakdown = Optional.of(start);
    runs(reachedBy);
  }

  /** Where the time of its start went, as JSON; empty until it runs, or if it was taken back. */
  Optional<String> breakdown() {
    return breakdown;
  }

  /** Notes that the task runs, and how its ports are reached. */
  void runs(List<TunnelData> reachedBy) {
    tunnels = reachedBy;
    started.complete(true);
  }

  /** How its ports are reached, once it runs. */
  List<TunnelData> tunnels() {
    return tunnels;
  }

  /** Completes when its end is in the store. */
  CompletableFuture<TaskEnded> ended() {
    return ended;
  }

  StdinCursor stdin() {
    return stdin;
  }

  /** What it has of the host. */
  Admission.Place place() {
    return place;
  }

  /** How long ago its create arrived, in microseconds. */
  long micros() {
    return (System.nanoTime() - arrivedNanos) / 1_000;
  }

  /** Whether the worker may be asked to start it now: not when it shall end already. */
  synchronized boolean mayStart() {
    startAsked = !endAsked;
    return startAsked;
  }

  /** Lets whoever waits go, with that failure: nobody here will hear of its start or its end. */
  void abandon(AtollException reason) {
    started.completeExceptionally(reason);
    ended.completeExceptionally(reason);
  }

  /** Notes that it shall end, and says whether the worker was asked to start it. */
  synchronized boolean askEnd() {
    endAsked = true;
    return startAsked;
  }

  /** Whether the caller is the first that knows its end, and has to record it. */
  synchronized boolean claimEnd() {
    boolean first = !endClaimed;
    endClaimed = true;
    return first;
  }
}
