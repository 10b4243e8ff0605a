package dev.atoll.cells.agent;

import dev.atoll.cells.CellEnd;
import dev.atoll.cells.CellEndedException;
import dev.atoll.cells.CellException;
import dev.atoll.cells.Claim;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.KeptExec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The worker's end of the guest agent's socket: accepts the agent's calls, one at a time, reads its
 * frames on the thread that runs {@link #run()}, and keeps what a new connection must say again.
 */
public final class AgentLink {
  /** An agent dials every 20 ms: one that stays away this long won't come back. */
  private static final Duration MOST_ABSENCE = Duration.ofSeconds(30);

  private static final int CLAIM_REQUEST = 0;

  private final ServerSocketChannel server;
  private final CellSupervisor supervisor;
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final Map<Integer, AgentExec> execs = new ConcurrentHashMap<>();
  private final Map<Integer, AgentRequest> requests = new ConcurrentHashMap<>();
  private final AtomicInteger nextRequest = new AtomicInteger(CLAIM_REQUEST + 1);

  /** Guards the fields below, and that an exec is made known to every connection exactly once. */
  private final ReentrantLock lock = new ReentrantLock();

  private final List<ByteBuffer> unsent = new ArrayList<>();
  private Optional<SocketChannel> channel = Optional.empty();
  private Optional<FrameWriter> writer = Optional.empty();
  private boolean claimAsked;
  private int connections;
  private int nextExec = 1;

  /** Whether a worker that died may have used further numbers: the agent's first hello tells. */
  private boolean numbersUnknown;

  private volatile boolean closed;

  /** Creates a link for a socket that listens already. */
  public AgentLink(ServerSocketChannel server, CellSupervisor supervisor) {
    this.server = server;
    this.supervisor = supervisor;
  }

  /** Creates a link to the agent of a claimed cell whose worker has died. */
  public AgentLink(
      ServerSocketChannel server, CellSupervisor supervisor, List<KeptExec> keptExecs) {
    this(server, supervisor);
    claimAsked = true;
    numbersUnknown = true;
    for (KeptExec kept : keptExecs) {
      execs.put(kept.number(), new AgentExec(this, kept));
      nextExec = Math.max(nextExec, kept.number() + 1);
    }
  }

  /** The execs that go on. */
  public Map<Integer, Exec> execs() {
    return Map.copyOf(execs);
  }

  /** Completes when the agent has said hello for the first time. */
  public CompletableFuture<Void> connected() {
    return connected;
  }

  /** Serves the agent until {@link #close()}; whatever it breaks is told to the supervisor. */
  public void run() {
    if (claimAsked) {
      expectCall(0);
    }
    while (true) {
      try (SocketChannel accepted = server.accept()) {
        adopt(accepted);
        serve(accepted);
      } catch (ProtocolException e) {
        supervisor.broken("the guest agent broke the protocol: " + e.getMessage());
      } catch (ClosedChannelException e) {
        if (closed) {
          return;
        }
      } catch (IOException e) {
        if (!server.isOpen()) {
          return;
        }
      } catch (RuntimeException e) {
        supervisor.broken("a listener of the cell's execs failed: " + e);
      }
      disconnected();
    }
  }

  /** Claims the cell. */
  public AgentAnswer claim(Claim claim, Path dock, long capabilities, byte[] seccomp)
      throws CellException {
    return ask(CLAIM_REQUEST, "CLAIM", Frames.claim(claim, dock, capabilities, seccomp));
  }

  /** Binds something below the dock to a path inside. */
  public AgentAnswer mount(String source, String target, boolean readOnly) throws CellException {
    int number = nextRequest.getAndIncrement();
    return ask(number, "MOUNT", Frames.mount(number, source, target, readOnly));
  }

  /** Binds something below the dock where something else is bound, which goes. */
  public AgentAnswer replace(String source, String replaced, boolean readOnly)
      throws CellException {
    int number = nextRequest.getAndIncrement();
    return ask(number, "MOUNT", Frames.replace(number, source, replaced, readOnly));
  }

  /** Takes a mount away. */
  public AgentAnswer unmount(String source) throws CellException {
    int number = nextRequest.getAndIncrement();
    return ask(number, "UNMOUNT", Frames.unmount(number, source));
  }

  /**
   * Asks which mount a folder is in.
   *
   * @param target an absolute path, {@linkplain dev.atoll.linux.RawNames raw}
   */
  public AgentAnswer locate(String target) throws CellException {
    int number = nextRequest.getAndIncrement();
    return ask(number, "LOCATE", Frames.locate(number, target));
  }

  /** Writes dirty pages back. */
  public AgentAnswer sync() throws CellException {
    int number = nextRequest.getAndIncrement();
    return ask(number, "SYNC", Frames.sync(number));
  }

  /** Asks whether the agent is alive. */
  public AgentAnswer ping() throws CellException {
    int number = nextRequest.getAndIncrement();
    return ask(number, "PING", Frames.ping(number));
  }

  /** Asks for a process to be started. */
  public StartingExec exec(ExecSpec spec, ExecListener listener) throws CellException {
    long outOfMemoryBefore = supervisor.outOfMemoryKills();
    int number = nextExec();
    listener.numbered(number, outOfMemoryBefore);
    lock.lock();
    try {
      refuseWhenClosed();
      AgentExec exec = new AgentExec(this, number, spec, listener, outOfMemoryBefore);
      execs.put(exec.number(), exec);
      try {
        writer.ifPresent(exec::request);
      } catch (RuntimeException e) {
        execs.remove(exec.number());
        throw e;
      }
      return new StartingExec(exec);
    } finally {
      lock.unlock();
    }
  }

  private int nextExec() {
    lock.lock();
    try {
      return nextExec++;
    } finally {
      lock.unlock();
    }
  }

  /** Hangs up; the agent will dial again. */
  public void disconnect() {
    lock.lock();
    try {
      channel.ifPresent(AgentLink::closeQuietly);
    } finally {
      lock.unlock();
    }
  }

  /** Hangs up for ever: {@link #run()} returns, and every open question fails. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      writer.ifPresent(FrameWriter::close);
      channel.ifPresent(AgentLink::closeQuietly);
      closeQuietly(server);
    } finally {
      lock.unlock();
    }
    List<CompletableFuture<?>> open = new ArrayList<>(List.of(connected));
    requests.values().forEach(request -> open.add(request.answer()));
    execs.values().forEach(exec -> open.add(exec.started()));
    // Most cells end with no question open: they need no exception, nor its stack trace.
    if (!open.stream().allMatch(CompletableFuture::isDone)) {
      CellException gone = new CellEndedException("the cell has ended");
      open.forEach(question -> question.completeExceptionally(gone));
    }
  }

  /** Tells every exec that its cell has ended; to be called on the reading thread, after run(). */
  public void tellEnded(CellEnd cause) {
    for (AgentExec exec : List.copyOf(execs.values())) {
      execs.remove(exec.number());
      if (exec.isStarted() || !exec.canStart()) {
        exec.cellEnded(new ExecEnd.CellEnded(cause));
      }
    }
  }

  long outOfMemoryKills() {
    return supervisor.outOfMemoryKills();
  }

  void forget(AgentExec exec) {
    execs.remove(exec.number(), exec);
  }

  void forgetIfDone(AgentExec exec) {
    if (exec.isDone()) {
      forget(exec);
    }
  }

  /** Sends a frame that no other state repeats; without a connection it waits for the next one. */
  void sendOrKeep(ByteBuffer frame) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (writer.isPresent()) {
        send(writer.get(), frame);
      } else {
        unsent.add(frame);
      }
    } finally {
      lock.unlock();
    }
  }

  private AgentAnswer ask(int number, String name, ByteBuffer frame) throws CellException {
    AgentRequest request = new AgentRequest(name);
    lock.lock();
    try {
      refuseWhenClosed();
      claimAsked |= number == CLAIM_REQUEST;
      requests.put(number, request);
    } finally {
      lock.unlock();
    }
    sendOrKeep(frame);
    return new AgentAnswer(request);
  }

  private void adopt(SocketChannel accepted) throws ClosedChannelException {
    lock.lock();
    try {
      if (closed) {
        throw new ClosedChannelException();
      }
      channel = Optional.of(accepted);
    } finally {
      lock.unlock();
    }
  }

  private void serve(SocketChannel accepted) throws IOException {
    FrameReader reader = new FrameReader(accepted);
    if (!(reader.read() instanceof AgentMessage.Hello hello)) {
      throw new ProtocolException("the first frame is not HELLO");
    }
    FrameWriter connection = new FrameWriter(accepted);
    List<AgentExec> resumed = greet(hello, connection);
    Thread.ofVirtual().name("agent-writer").start(connection::run);
    connected.complete(null);
    resumed.forEach(AgentExec::tellStdin);
    // After DEAD nothing more is believed: execs end with their cell, not with the signal that
    // ended it.
    while (!closed) {
      receive(reader.read());
    }
  }

  private List<AgentExec> greet(AgentMessage.Hello hello, FrameWriter connection)
      throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new ClosedChannelException();
      }
      connections++;
      if (numbersUnknown) {
        hello.execs().forEach(known -> nextExec = Math.max(nextExec, known.number() + 1));
        numbersUnknown = false;
      }
      List<AgentExec> resumed = Resumption.resume(hello, execs, nextExec, connection);
      writer = Optional.of(connection);
      unsent.forEach(frame -> send(connection, frame));
      unsent.clear();
      return resumed;
    } finally {
      lock.unlock();
    }
  }

  private void receive(AgentMessage message) throws ProtocolException {
    switch (message) {
      case AgentMessage.Hello _ -> throw new ProtocolException("HELLO came twice");
      case AgentMessage.Pong pong -> answer(pong.request(), 0, "");
      case AgentMessage.Claimed claimed -> answer(CLAIM_REQUEST, claimed.errno(), claimed.step());
      case AgentMessage.Done done -> answer(done.request(), done.errno(), done.step());
      case AgentMessage.Located located ->
          answer(
              located.request(),
              new AgentRequest.Answer(
                  0, "", Optional.of(new AgentRequest.Place(located.source(), located.path()))));
      case AgentMessage.Dead dead -> {
        switch (dead.reason()) {
          case 1 -> supervisor.initKilled();
          case 2 -> supervisor.lifetimeOver();
          default -> throw new ProtocolException("DEAD has the reason " + dead.reason());
        }
      }
      case AgentMessage.Started started -> {
        Optional<AgentExec> exec = find(started.exec());
        if (exec.isPresent()) {
          exec.get().started(started);
          if (started.errno() != 0) {
            forget(exec.get());
          }
        }
      }
      case AgentMessage.Output output -> {
        Optional<AgentExec> exec = findStarted(output.exec());
        if (exec.isPresent()) {
          exec.get().output(output);
        }
      }
      case AgentMessage.End end -> {
        Optional<AgentExec> exec = findStarted(end.exec());
        if (exec.isPresent()) {
          exec.get().streamEnded(end);
          forgetIfDone(exec.get());
        }
      }
      case AgentMessage.StdinTaken taken -> {
        Optional<AgentExec> exec = findStarted(taken.exec());
        if (exec.isPresent()) {
          exec.get().stdin(taken.progress());
        }
      }
      case AgentMessage.Exit exit -> {
        Optional<AgentExec> exec = findStarted(exit.exec());
        if (exec.isPresent()) {
          exec.get().exited(exit);
          forgetIfDone(exec.get());
        }
      }
    }
  }

  private Optional<AgentExec> findStarted(int number) throws ProtocolException {
    Optional<AgentExec> exec = find(number);
    if (exec.isPresent() && !exec.get().isStarted()) {
      throw new ProtocolException("a frame comes before STARTED of the exec " + number);
    }
    return exec;
  }

  /** The exec of a number; empty for one that was dropped meanwhile. */
  private Optional<AgentExec> find(int number) throws ProtocolException {
    AgentExec exec = execs.get(number);
    lock.lock();
    try {
      if (number >= nextExec) {
        throw new ProtocolException("a frame names the exec " + number + ", which never was");
      }
    } finally {
      lock.unlock();
    }
    return Optional.ofNullable(exec);
  }

  private void answer(int number, int errno, String step) throws ProtocolException {
    answer(number, new AgentRequest.Answer(errno, step, Optional.empty()));
  }

  private void answer(int number, AgentRequest.Answer answer) throws ProtocolException {
    AgentRequest request = requests.remove(number);
    if (request != null) {
      request.answer().complete(answer);
      return;
    }
    // CLAIMED is repeated after a reconnect.
    lock.lock();
    try {
      if (number != CLAIM_REQUEST || !claimAsked) {
        throw new ProtocolException("an answer to the request " + number + ", which is not open");
      }
    } finally {
      lock.unlock();
    }
  }

  private void disconnected() {
    lock.lock();
    try {
      writer.ifPresent(FrameWriter::close);
      writer = Optional.empty();
      channel = Optional.empty();
      failRequests();
      int lost = connections;
      if (!closed) {
        expectCall(lost);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The answers that were under way are lost; CLAIMED alone is repeated. */
  private void failRequests() {
    for (Map.Entry<Integer, AgentRequest> open : requests.entrySet()) {
      if (open.getKey() != CLAIM_REQUEST) {
        requests.remove(open.getKey());
        open.getValue()
            .answer()
            .completeExceptionally(
                new CellException("the connection to the guest agent was lost meanwhile"));
      }
    }
  }

  private void expectCall(int lost) {
    Thread.ofVirtual().name("agent-absence").start(() -> watchAbsence(lost));
  }

  private void watchAbsence(int lost) {
    try {
      Thread.sleep(MOST_ABSENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    lock.lock();
    try {
      if (closed || connections != lost) {
        return;
      }
    } finally {
      lock.unlock();
    }
    supervisor.broken(
        "the guest agent did not call again within " + MOST_ABSENCE.toSeconds() + " s");
  }

  private void send(FrameWriter connection, ByteBuffer frame) {
    if (!connection.send(frame)) {
      supervisor.broken("the guest agent does not read what it is sent");
    }
  }

  private void refuseWhenClosed() throws CellException {
    if (closed) {
      throw new CellEndedException("the cell has ended");
    }
  }

  private static void closeQuietly(java.nio.channels.Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing can be done about a socket that won't close; the process's end closes it.
      return;
    }
  }
}
