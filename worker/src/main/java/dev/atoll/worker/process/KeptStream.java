package dev.atoll.worker.process;

import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.KeptExec;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.spool.KeptSegments;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** One output stream on its way from the guest agent to its spool, and the answers to the agent. */
final class KeptStream {
  /**
   * Acknowledgements wait until they are worth a frame. Far below the agent's window of 1 MiB, so
   * that it never runs dry.
   */
  private static final long WORTH_A_FRAME = 128 << 10;

  private final ExecListener.Stream stream;
  private final CompletableFuture<Exec> exec;
  private final Spool spool;
  private final Object acknowledging = new Object();
  private long acknowledged;
  private volatile long dropped;
  private volatile boolean ended;

  KeptStream(
      ExecListener.Stream stream, SpoolFolder folder, String name, CompletableFuture<Exec> exec) {
    this.stream = stream;
    this.exec = exec;
    this.spool = folder.spool(name, this::acknowledge);
  }

  private KeptStream(ExecListener.Stream stream, CompletableFuture<Exec> exec, KeptSpool kept)
      throws IOException {
    this.stream = stream;
    this.exec = exec;
    this.spool = kept.resume(this::acknowledge);
    this.acknowledged = spool.kept();
  }

  private interface KeptSpool {
    Spool resume(Runnable onKept) throws IOException;
  }

  /** Goes on with what a worker that died has kept. */
  static KeptStream resume(
      ExecListener.Stream stream,
      SpoolFolder folder,
      String name,
      CompletableFuture<Exec> exec,
      KeptSegments segments)
      throws IOException {
    return new KeptStream(stream, exec, onKept -> folder.resume(name, onKept, segments));
  }

  /** How far the guest agent may go on. */
  KeptExec.Progress progress() {
    return new KeptExec.Progress(spool.written(), spool.kept());
  }

  Spool spool() {
    return spool;
  }

  /**
   * Appends bytes.
   *
   * @return whether they are kept. A spool that has failed keeps none: they are acknowledged all
   *     the same, so that the process can end
   */
  boolean append(long offset, ByteBuffer bytes) {
    long end = offset + bytes.remaining();
    keep(offset, bytes);
    if (spool.hasFailed()) {
      dropped = end;
      acknowledge();
      return false;
    }
    return true;
  }

  private void keep(long offset, ByteBuffer bytes) {
    if (spool.hasFailed()) {
      return;
    }
    if (offset != spool.written()) {
      spool.fail(
          new AtollException(
              ErrorCode.INTERNAL,
              "output is missing between offsets %d and %d".formatted(spool.written(), offset)));
      return;
    }
    spool.append(bytes);
  }

  void end() {
    ended = true;
    spool.end();
  }

  /** Tells the agent how far the output is kept, once the exec is known. */
  void acknowledge() {
    if (!exec.isDone() || exec.isCompletedExceptionally()) {
      return;
    }
    synchronized (acknowledging) {
      long kept = Math.max(spool.kept(), dropped);
      if (kept - acknowledged >= WORTH_A_FRAME || (ended && kept > acknowledged)) {
        acknowledged = kept;
        exec.join().acknowledge(stream, kept);
      }
    }
  }
}
