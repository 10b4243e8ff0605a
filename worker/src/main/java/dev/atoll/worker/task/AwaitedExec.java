package dev.atoll.worker.task;

import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.StdinProgress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Listens to an exec of which only the end is of interest. */
final class AwaitedExec implements ExecListener {
  private final CompletableFuture<ExecEnd> end = new CompletableFuture<>();

  /** How it ended, once it has. */
  CompletableFuture<ExecEnd> exited() {
    return end;
  }

  @Override
  public void output(Stream stream, long offset, ByteBuffer bytes) {}

  @Override
  public void outputEnd(Stream stream, long offset) {}

  @Override
  public void stdin(StdinProgress progress) {}

  @Override
  public void exited(ExecEnd how) {
    end.complete(how);
  }
}
