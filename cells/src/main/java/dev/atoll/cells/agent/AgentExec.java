package dev.atoll.cells.agent;

import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecListener.Stream;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.ExecSpec.Output;
import dev.atoll.cells.ExecSpec.Stderr;
import dev.atoll.cells.KeptExec;
import dev.atoll.cells.StdinProgress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * One exec as the worker knows it. The reading thread alone calls the listener and moves the output
 * offsets; what the callers of {@link Exec} share with it is guarded by this object's monitor. It
 * sends over the connection on which the agent has learnt of it: a frame that a caller makes while
 * a new connection is being set up must not overtake what that connection has to repeat.
 */
final class AgentExec implements Exec {
  /** A stream's progress: bytes given to the listener, bytes it keeps, whether the end was told. */
  private static final class Progress {
    long received;
    long kept;
    boolean ended;
  }

  private final AgentLink link;
  private final int number;
  private final boolean hasStdin;
  private final Output output;

  /** Absent: it was started by a worker that died, or is not known to the agent. */
  private final Optional<ExecSpec> toStart;

  private final ExecListener listener;
  private final long outOfMemoryBefore;
  private final CompletableFuture<AgentMessage.Started> started = new CompletableFuture<>();
  private final Progress stdout = new Progress();
  private final Progress stderr = new Progress();
  private final StdinBuffer stdin = new StdinBuffer();
  private Optional<FrameWriter> writer = Optional.empty();
  private boolean exited;
  private boolean dropped;

  AgentExec(
      AgentLink link, int number, ExecSpec spec, ExecListener listener, long outOfMemoryBefore) {
    this.link = link;
    this.number = number;
    this.hasStdin = spec.stdin();
    this.output = spec.output();
    this.toStart = Optional.of(spec);
    this.listener = listener;
    this.outOfMemoryBefore = outOfMemoryBefore;
  }

  /** One of a worker that died. */
  AgentExec(AgentLink link, KeptExec kept) {
    this.link = link;
    this.number = kept.number();
    this.hasStdin = kept.stdin();
    this.output = kept.output();
    this.toStart = Optional.empty();
    this.listener = kept.listener();
    this.outOfMemoryBefore = kept.outOfMemoryBefore();
    this.exited = kept.exited();
    stdout.received = kept.stdout().received();
    stdout.kept = kept.stdout().acknowledged();
    stderr.received = kept.stderr().received();
    stderr.kept = kept.stderr().acknowledged();
  }

  /** Whether the agent may be asked to start it. */
  boolean canStart() {
    return toStart.isPresent();
  }

  @Override
  public int number() {
    return number;
  }

  CompletableFuture<AgentMessage.Started> started() {
    return started;
  }

  /** Asks the agent to start it, over its first connection. */
  synchronized void request(FrameWriter connection) {
    writer = Optional.of(connection);
    send(Frames.exec(number, toStart.orElseThrow()));
  }

  @Override
  public void acknowledge(Stream stream, long offset) {
    synchronized (this) {
      Progress progress = progress(stream);
      if (offset > progress.received) {
        throw new IllegalArgumentException(
            "only " + progress.received + " bytes of " + stream + " were received, not " + offset);
      }
      if (offset <= progress.kept) {
        return;
      }
      progress.kept = offset;
      send(Frames.acknowledge(number, stream, offset));
    }
    link.forgetIfDone(this);
  }

  @Override
  public int writeStdin(long offset, ByteBuffer bytes, boolean end) {
    List<ByteBuffer> frames = new ArrayList<>();
    synchronized (this) {
      if (!hasStdin && !(output instanceof Output.Terminal)) {
        throw new IllegalStateException("the exec was started without stdin");
      }
      int accepted = stdin.accept(number, offset, bytes, end, frames);
      // Sent under the monitor: frames of two callers must not overtake each other.
      send(frames.toArray(ByteBuffer[]::new));
      return accepted;
    }
  }

  @Override
  public void signal(int signal, Scope scope) {
    link.sendOrKeep(Frames.signal(number, signal, scope));
  }

  @Override
  public void resize(int rows, int columns) {
    if (output instanceof Output.Terminal) {
      link.sendOrKeep(Frames.resize(number, rows, columns));
    }
  }

  @Override
  public void drop() {
    synchronized (this) {
      dropped = true;
      // When it is lost with the connection, the next HELLO lists an exec that nobody knows:
      // dropped then.
      send(Frames.drop(number));
    }
    link.forget(this);
  }

  /** Whether the agent has said that it runs. */
  boolean isStarted() {
    return started.isDone() && !started.isCompletedExceptionally();
  }

  /** The agent says whether it runs; the first word counts. */
  void started(AgentMessage.Started message) {
    if (started.complete(message) && message.errno() == 0) {
      begin();
    }
  }

  /** Streams that the process doesn't have end at once. */
  private void begin() {
    if (output instanceof Output.Pipes pipes && !pipes.stdout()) {
      end(Stream.STDOUT, 0);
    }
    if (!(output instanceof Output.Pipes pipes) || pipes.stderr() != Stderr.PIPE) {
      end(Stream.STDERR, 0);
    }
  }

  void output(AgentMessage.Output output) throws ProtocolException {
    ByteBuffer bytes = output.bytes();
    long offset = output.offset();
    synchronized (this) {
      Progress progress = progress(output.stream());
      long next = progress.received;
      if (dropped || offset + bytes.remaining() <= next) {
        return;
      }
      if (offset > next) {
        throw new ProtocolException(
            "exec %d: %s goes on at %d after %d bytes"
                .formatted(number, output.stream(), offset, next));
      }
      bytes.position(bytes.position() + (int) (next - offset));
      if (progress.ended) {
        throw new ProtocolException("exec " + number + ": bytes after the end of a stream");
      }
      if (next + bytes.remaining() > progress.kept + Protocol.OUTPUT_WINDOW) {
        throw new ProtocolException("exec " + number + ": more output than its window allows");
      }
      offset = next;
      // Before the listener is called: it may acknowledge these bytes in the call.
      progress.received = next + bytes.remaining();
    }
    listener.output(output.stream(), offset, bytes);
  }

  void streamEnded(AgentMessage.End end) throws ProtocolException {
    synchronized (this) {
      Progress progress = progress(end.stream());
      if (dropped || progress.ended) {
        return;
      }
      if (end.offset() != progress.received) {
        throw new ProtocolException(
            "exec %d: %s ends at %d after %d bytes"
                .formatted(number, end.stream(), end.offset(), progress.received));
      }
    }
    end(end.stream(), end.offset());
  }

  void stdin(StdinProgress progress) throws ProtocolException {
    synchronized (this) {
      if (!stdin.advance(progress)) {
        throw new ProtocolException(
            "exec " + number + ": more stdin was received than was sent: " + progress.received());
      }
    }
    listener.stdin(progress);
  }

  /** HELLO said how far stdin has come: the message that said so first may be lost. */
  void tellStdin() {
    StdinProgress progress;
    synchronized (this) {
      progress = stdin.progress();
    }
    listener.stdin(progress);
  }

  /** Tells the listener once, however often the agent repeats it. */
  void exited(AgentMessage.Exit exit) throws ProtocolException {
    OptionalInt signal = WaitStatus.signal(exit.status());
    OptionalInt code = WaitStatus.exitCode(exit.status());
    if (signal.isEmpty() && code.isEmpty()) {
      throw new ProtocolException("exec " + number + ": the wait status " + exit.status());
    }
    if (beginExit()) {
      ExecEnd end =
          signal.isPresent()
              ? new ExecEnd.Signalled(
                  signal.getAsInt(), exit.timeout(), outOfMemory(signal.getAsInt()))
              : new ExecEnd.Exited(code.getAsInt());
      listener.exited(end);
    }
    if (listener.isEndKept()) {
      acknowledgeExit();
    }
  }

  /** The cell has ended: the streams end where they are, and the exec with them. */
  void cellEnded(ExecEnd.CellEnded end) {
    end(Stream.STDOUT, progress(Stream.STDOUT).received);
    end(Stream.STDERR, progress(Stream.STDERR).received);
    if (beginExit()) {
      listener.exited(end);
    }
  }

  /** Goes on over a new connection: says again whatever the agent doesn't remember. */
  synchronized void resume(FrameWriter connection, AgentMessage.KnownExec known)
      throws ProtocolException {
    if (toStart.isEmpty() && writer.isEmpty()) {
      stdin.resume(known.stdinReceived(), known.stdin());
      // What that worker had no room for it acknowledged all the same: it is lost.
      skipTo(stdout, known.stdout());
      skipTo(stderr, known.stderr());
    }
    if (!stdin.advance(new StdinProgress(known.stdinReceived(), known.stdin(), false, false))) {
      throw new ProtocolException("HELLO: exec " + number + " has more stdin than was sent");
    }
    writer = Optional.of(connection);
    resume(Stream.STDOUT, known.stdout());
    resume(Stream.STDERR, known.stderr());
    send(stdin.repeat(number).toArray(ByteBuffer[]::new));
  }

  private static void skipTo(Progress progress, long offset) {
    progress.received = Math.max(progress.received, offset);
    progress.kept = Math.max(progress.kept, offset);
  }

  /** Says that its end is known here, so that the agent may forget it. */
  private synchronized void acknowledgeExit() {
    send(Frames.exitAcknowledge(number));
  }

  /**
   * Ends the streams of an exec that the agent has forgotten; false when it may not forget it yet.
   */
  boolean endForgotten() {
    synchronized (this) {
      if (!exited || stdout.kept < stdout.received || stderr.kept < stderr.received) {
        return false;
      }
    }
    end(Stream.STDOUT, progress(Stream.STDOUT).received);
    end(Stream.STDERR, progress(Stream.STDERR).received);
    return true;
  }

  /** Whether neither side will ever say anything about it again. */
  synchronized boolean isDone() {
    return exited
        && stdout.ended
        && stderr.ended
        && stdout.kept == stdout.received
        && stderr.kept == stderr.received;
  }

  private void resume(Stream stream, long agentOffset) throws ProtocolException {
    Progress progress = progress(stream);
    if (agentOffset > progress.kept) {
      throw new ProtocolException(
          "HELLO: exec " + number + " forgot bytes of " + stream + " that nobody acknowledged");
    }
    if (progress.kept > agentOffset) {
      send(Frames.acknowledge(number, stream, progress.kept));
    }
  }

  private void send(ByteBuffer... frames) {
    writer.ifPresent(connection -> connection.send(frames));
  }

  private void end(Stream stream, long offset) {
    synchronized (this) {
      Progress progress = progress(stream);
      if (progress.ended) {
        return;
      }
      progress.ended = true;
    }
    listener.outputEnd(stream, offset);
  }

  private synchronized boolean beginExit() {
    if (exited || dropped) {
      return false;
    }
    exited = true;
    return true;
  }

  private boolean outOfMemory(int signal) {
    return signal == WaitStatus.SIGKILL && link.outOfMemoryKills() > outOfMemoryBefore;
  }

  private Progress progress(Stream stream) {
    return stream == Stream.STDOUT ? stdout : stderr;
  }
}
