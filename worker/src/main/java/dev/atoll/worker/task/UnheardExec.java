package dev.atoll.worker.task;

import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.StdinProgress;
import java.nio.ByteBuffer;

/** Listens to an exec of which only the start is of interest. */
final class UnheardExec implements ExecListener {
  @Override
  public void output(Stream stream, long offset, ByteBuffer bytes) {}

  @Override
  public void outputEnd(Stream stream, long offset) {}

  @Override
  public void stdin(StdinProgress progress) {}

  @Override
  public void exited(ExecEnd end) {}
}
