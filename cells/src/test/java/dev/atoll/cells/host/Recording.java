package dev.atoll.cells.host;

import dev.atoll.cells.Cell;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.Identity;
import dev.atoll.cells.KeptExec;
import dev.atoll.cells.StdinProgress;
import dev.atoll.cells.TakenBack;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An exec whose output is kept in memory and acknowledged as it comes. */
final class Recording implements ExecListener {
  static final Identity ROOT = new Identity(0, 0, List.of());
  private static final long SECONDS = 30;

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private volatile CompletableFuture<Exec> exec = new CompletableFuture<>();
  private volatile int number;
  private final CompletableFuture<ExecEnd> end = new CompletableFuture<>();
  private final CountDownLatch streams = new CountDownLatch(2);
  private final CountDownLatch firstOutput = new CountDownLatch(1);
  private long stdinTaken;

  /** Runs a shell line as root and waits for its end. */
  static Recording sh(Cell cell, String line) throws Exception {
    Recording recording = start(cell, shell(line, false));
    recording.await();
    return recording;
  }

  /** What a shell line writes to stdout; the line must succeed. */
  static String output(Cell cell, String line) throws Exception {
    Recording recording = sh(cell, line);
    if (!recording.end().equals(new ExecEnd.Exited(0))) {
      throw new AssertionError(line + ": " + recording.end() + " " + recording.stderr());
    }
    return recording.stdout();
  }

  static ExecSpec shell(String line, boolean stdin) {
    return spec(List.of("sh", "-c", line), ROOT, stdin, Optional.empty());
  }

  static ExecSpec spec(
      List<String> argv, Identity identity, boolean stdin, Optional<Duration> timeout) {
    return new ExecSpec(
        new ExecSpec.Program.Command(argv),
        List.of(TestHost.PATH),
        "/",
        identity,
        stdin,
        new ExecSpec.Output.Pipes(true, ExecSpec.Stderr.PIPE),
        timeout);
  }

  static Recording start(Cell cell, ExecSpec spec) throws Exception {
    Recording recording = new Recording();
    recording.exec.complete(cell.exec(spec, recording));
    return recording;
  }

  Exec exec() {
    return exec.join();
  }

  /** What a worker has to say of it to the next one. */
  KeptExec kept() {
    exec = new CompletableFuture<>();
    return new KeptExec(
        number,
        true,
        new ExecSpec.Output.Pipes(true, ExecSpec.Stderr.PIPE),
        this,
        progress(stdout),
        progress(stderr),
        end.isDone(),
        0);
  }

  private static KeptExec.Progress progress(ByteArrayOutputStream stream) {
    synchronized (stream) {
      return new KeptExec.Progress(stream.size(), stream.size());
    }
  }

  void goesOn(TakenBack taken) {
    exec.complete(taken.execs().get(number));
  }

  void await() throws Exception {
    if (!streams.await(SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the streams did not end; so far: " + stdout() + stderr());
    }
    end();
  }

  void awaitOutput() throws Exception {
    if (!firstOutput.await(SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("no output");
    }
  }

  ExecEnd end() throws Exception {
    return end.get(SECONDS, TimeUnit.SECONDS);
  }

  String stdout() {
    return text(stdout);
  }

  String stderr() {
    return text(stderr);
  }

  byte[] stdoutBytes() {
    synchronized (stdout) {
      return stdout.toByteArray();
    }
  }

  synchronized long stdinTaken() {
    return stdinTaken;
  }

  /** Waits until the process has taken more of its input. */
  synchronized void awaitStdinBeyond(long offset, long endNanos) throws Exception {
    while (stdinTaken <= offset && !end.isDone()) {
      long left = (endNanos - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("the process took no more than " + stdinTaken + " bytes");
      }
      wait(left);
    }
  }

  @Override
  public void numbered(int given, long outOfMemoryBefore) {
    number = given;
  }

  @Override
  public void output(Stream stream, long offset, ByteBuffer bytes) {
    ByteArrayOutputStream target = stream == Stream.STDOUT ? stdout : stderr;
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    synchronized (target) {
      if (target.size() != offset) {
        end.completeExceptionally(
            new AssertionError(stream + " goes on at " + offset + ", not at " + target.size()));
      }
      target.writeBytes(copy);
    }
    firstOutput.countDown();
    exec.thenAccept(running -> running.acknowledge(stream, offset + copy.length));
  }

  @Override
  public void outputEnd(Stream stream, long offset) {
    streams.countDown();
  }

  @Override
  public synchronized void stdin(StdinProgress progress) {
    stdinTaken = progress.taken();
    notifyAll();
  }

  @Override
  public void exited(ExecEnd ended) {
    if (!end.complete(ended)) {
      throw new IllegalStateException("the end was told twice");
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    synchronized (bytes) {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
