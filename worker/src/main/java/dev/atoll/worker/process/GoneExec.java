package dev.atoll.worker.process;

import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecListener;
import java.nio.ByteBuffer;

/**
 * Stands for the exec of a process whose cell is gone. Processes are remembered for as long as
 * their output, and a real exec would keep everything that the worker knew of the cell.
 */
final class GoneExec implements Exec {
  static final GoneExec INSTANCE = new GoneExec();

  private GoneExec() {}

  @Override
  public int number() {
    return 0;
  }

  @Override
  public void acknowledge(ExecListener.Stream stream, long offset) {}

  @Override
  public int writeStdin(long offset, ByteBuffer bytes, boolean end) {
    return bytes.remaining();
  }

  @Override
  public void signal(int signal, Scope scope) {}

  @Override
  public void resize(int rows, int columns) {}

  @Override
  public void drop() {}
}
