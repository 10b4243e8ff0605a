package dev.atoll.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecListener.Stream;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.spool.SpoolFolder;
import dev.atoll.worker.spool.SpoolReader;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskProcessTest {
  private static final int PIECE = 256 << 10;

  @TempDir Path temporary;
  private final NotedExec exec = new NotedExec();
  private TaskProcess process;

  /** A disk that takes nothing: the spools' folder can't be made. */
  @BeforeEach
  void fillDisk() throws Exception {
    Path file = Files.createFile(temporary.resolve("spools"));
    process = new TaskProcess(new SpoolFolder(file, 1 << 20), "exec");
    process.started(exec);
  }

  @Test
  void aProcessWhoseOutputCantBeKeptIsKilledAndNotHeldUp() throws Exception {
    for (int i = 0; i < 8; i++) {
      process.output(Stream.STDOUT, (long) i * PIECE, ByteBuffer.allocate(PIECE));
    }
    assertThat(exec.signals).contains("9 SESSION");
    assertThat(exec.acknowledged).isEqualTo(8L * PIECE);
    process.output(Stream.STDOUT, 8L * PIECE, ByteBuffer.allocate(5));
    process.outputEnd(Stream.STDOUT, 8L * PIECE + 5);
    assertThat(exec.acknowledged).isEqualTo(8L * PIECE + 5);
  }

  @Test
  void whoReadsIsToldWhy() throws Exception {
    process.output(Stream.STDOUT, 0, ByteBuffer.allocate(PIECE));
    process.outputEnd(Stream.STDOUT, PIECE);
    try (SpoolReader reader = process.spool(Stream.STDOUT).open(0)) {
      AtollException told = catchThrowableOfType(AtollException.class, () -> reader.next(PIECE));
      assertThat(told.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
      assertThat(told).hasMessageContaining("disk");
    }
  }

  /** An ended task's process is remembered for a day; its cell must not be. */
  @Test
  void whatIsGoneHoldsNothingOfItsCell() throws Exception {
    TaskProcess other =
        new TaskProcess(new SpoolFolder(temporary.resolve("spools"), 1 << 20), "other");
    WeakReference<Exec> cell = new WeakReference<>(startedWithAnExecOfItsOwn(other));
    other.gone();
    for (int i = 0; i < 100 && cell.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(cell.get()).isNull();
    other.writeStdin(0, ByteBuffer.allocate(0), true);
  }

  private static Exec startedWithAnExecOfItsOwn(TaskProcess process) {
    Exec own = new NotedExec();
    process.started(own);
    return own;
  }

  /** Notes what it is told. */
  private static final class NotedExec implements Exec {
    private final List<String> signals = new ArrayList<>();
    private long acknowledged;

    @Override
    public int number() {
      return 1;
    }

    @Override
    public void acknowledge(Stream stream, long offset) {
      acknowledged = offset;
    }

    @Override
    public int writeStdin(long offset, ByteBuffer bytes, boolean end) {
      return bytes.remaining();
    }

    @Override
    public void signal(int signal, Scope scope) {
      signals.add(signal + " " + scope);
    }

    @Override
    public void resize(int rows, int columns) {}

    @Override
    public void drop() {}
  }
}
