package dev.atoll.worker.task;

import dev.atoll.cells.Cell;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.ExecStartException;
import dev.atoll.cells.Identity;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageUser;
import dev.atoll.images.WritableFilesystem;
import dev.atoll.worker.cell.ClaimedCell;
import dev.atoll.worker.cell.ProcessEnvironment;
import dev.atoll.worker.cell.StartFailure;
import dev.atoll.worker.cell.UnseenFifos;
import dev.atoll.worker.connect.ConnectAddress;
import dev.atoll.worker.mount.TaskMounts;
import dev.atoll.worker.mount.TaskMounts.Place;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.readiness.Readiness;
import dev.atoll.worker.readiness.ReadinessProbe;
import dev.atoll.worker.tunnel.OpenTunnels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** What a task is while it runs: a claimed cell, and how processes in it begin. Thread-safe. */
public final class RunningTask {
  private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);

  private final TaskSettings settings;
  private final ClaimedCell claimed;
  private final IdleClock idle;
  private final OpenTunnels tunnels;
  private final ConnectAddress connectAddress;
  private final Optional<Readiness> readiness;
  private final Identity identity;
  private final String workdir;
  private final ProcessEnvironment imageEnvironment;
  private final TaskMounts mounts;
  private final Lock snapshots = new ReentrantLock();

  RunningTask(
      TaskSettings settings,
      ClaimedCell claimed,
      TaskMounts mounts,
      IdleClock idle,
      OpenTunnels tunnels,
      ConnectAddress connectAddress) {
    this.settings = settings;
    this.claimed = claimed;
    this.mounts = mounts;
    this.idle = idle;
    this.tunnels = tunnels;
    this.connectAddress = connectAddress;
    this.readiness =
        settings
            .readinessProbe()
            .map(probe -> new Readiness("atoll-ready-" + settings.taskId(), probe, this::succeeds));
    ImageUser user = claimed.image().user();
    this.identity = new Identity(user.uid(), user.gid(), user.groups());
    String ofImage = claimed.image().config().workingDirectory();
    this.workdir = settings.workdir().orElse(ofImage.isEmpty() ? "/" : ofImage);
    this.imageEnvironment =
        ProcessEnvironment.of(claimed.image(), claimed.trustEnvironment())
            .put("HOSTNAME", hostname(settings))
            .put("MODAL_SANDBOX_ID", settings.sandboxId())
            .put("MODAL_TASK_ID", settings.taskId());
  }

  /** The host name of a task's cell: the sandbox's id. */
  static String hostname(TaskSettings settings) {
    return settings.sandboxId();
  }

  /** What tells whether anything happens in the task. */
  public IdleClock idle() {
    return idle;
  }

  OpenTunnels tunnels() {
    return tunnels;
  }

  /** Where connect tokens are taken. */
  ConnectAddress connectAddress() {
    return connectAddress;
  }

  /** The images that are mounted in it. */
  public TaskMounts mounts() {
    return mounts;
  }

  /** Tells when it is ready; absent when it has no readiness probe. */
  public Optional<Readiness> readiness() {
    return readiness;
  }

  ClaimedCell claimed() {
    return claimed;
  }

  /**
   * Starts a process and returns when it runs.
   *
   * @throws AtollException when it can't be started, with the reason for the user
   * @throws IOException when the cell has ended
   */
  public void start(ExecRequest request, TaskProcess process)
      throws IOException, InterruptedException {
    discardUnread(request, process);
    try {
      process.started(cell().exec(spec(request), process));
    } catch (ExecStartException failure) {
      throw StartFailure.explain(failure, request.program(), request.workdir().orElse(workdir));
    }
  }

  private ExecSpec spec(ExecRequest request) {
    ProcessEnvironment environment = imageEnvironment.copy();
    request.terminal().ifPresent(environment::terminal);
    environment.putAll(settings.environment()).putAll(request.environment());
    return new ExecSpec(
        new ExecSpec.Program.Command(request.program()),
        environment.entries(),
        request.workdir().orElse(workdir),
        identity,
        true,
        request.output(),
        request.timeout());
  }

  private boolean succeeds(ReadinessProbe probe) throws Exception {
    return switch (probe) {
      case ReadinessProbe.Tcp tcp -> listens(tcp.port());
      case ReadinessProbe.Command command -> exitsWithZero(command.command());
    };
  }

  private boolean listens(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(cell().address(), port), (int) LONGEST_ATTEMPT.toMillis());
      return true;
    }
  }

  private boolean exitsWithZero(List<String> command)
      throws IOException, InterruptedException, ExecutionException {
    ExecRequest request =
        new ExecRequest(
            command,
            Map.of(),
            Optional.empty(),
            false,
            ExecSpec.Stderr.DISCARD,
            Optional.empty(),
            Optional.of(LONGEST_ATTEMPT));
    AwaitedExec end = new AwaitedExec();
    Exec exec = cell().exec(spec(request), end);
    try {
      return end.exited().get() instanceof ExecEnd.Exited exited && exited.code() == 0;
    } finally {
      exec.drop();
    }
  }

  /**
   * Replaces what the task may reach, also for connections that are open.
   *
   * @throws AtollException FAILED_PRECONDITION when the task was created without a network
   * @throws IOException when it could not be done
   */
  public void networkPolicy(NetworkPolicy policy) throws IOException, InterruptedException {
    if (settings.network() instanceof NetworkPolicy.Blocked) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the sandbox was created without a network: create another one with an allow-list");
    }
    cell().networkPolicy(policy);
  }

  /** Held while a snapshot is made: one at a time. */
  public Lock snapshots() {
    return snapshots;
  }

  /**
   * Makes an image of what the task has written, on its image and with that one's config, while the
   * task goes on. Everything in it stands still while the files are copied. What is mounted is no
   * part of it. Blocks; platform thread; interruptible.
   *
   * @throws AtollException when the task ends meanwhile, too much was written, or the copy would
   *     lack a FIFO
   */
  public Image snapshot() throws IOException, InterruptedException {
    return snapshot(mounts::root);
  }

  /**
   * Makes an image whose root is a folder of the task's, as {@link #snapshot()} does: of the root
   * of its file system or of a mounted image with that one's config and on its layers, of any other
   * folder a copy of all that is in it. What is mounted below the folder is no part of it.
   *
   * @param path absolute; resolved inside
   * @throws AtollException also when there is no such folder
   */
  public Image snapshotDirectory(String path) throws IOException, InterruptedException {
    return snapshot(() -> mounts.locate(path));
  }

  private interface Source {
    Place find() throws IOException, InterruptedException;
  }

  private Image snapshot(Source source) throws IOException, InterruptedException {
    idle.hold();
    try {
      // The most of what is on its way goes before anybody has to stand still.
      cell().sync();
      Place place = source.find();
      UnseenFifos.refuse(cell().unseenFifos(place.location(), place.asked()));
      return place.location().path().isEmpty()
          ? place.filesystem().snapshot(place.config(), standstill())
          : place.filesystem().snapshotFolder(place.location().path(), standstill());
    } finally {
      idle.release();
    }
  }

  private WritableFilesystem.Standstill standstill() {
    return new WritableFilesystem.Standstill() {
      @Override
      public void begin() throws IOException, InterruptedException {
        cell().pause();
      }

      @Override
      public void end() throws IOException {
        cell().resume();
      }
    };
  }

  /** Whether nothing of it runs any more. */
  public boolean isOver() {
    return cell().ended().isDone();
  }

  /** Runs something, in a thread that must not be held up, when nothing of the task runs. */
  public void whenOver(Runnable action) {
    var _ = cell().ended().thenRun(action);
  }

  /**
   * Opens a file with the guest agent's own program, as the image's user. A relative path begins at
   * the workdir; for another the workdir doesn't matter.
   */
  public Exec openFile(String path, String mode, ExecListener listener)
      throws IOException, InterruptedException {
    ExecSpec spec =
        new ExecSpec(
            new ExecSpec.Program.OpenFile(path, mode),
            List.of(),
            path.startsWith("/") ? "/" : workdir,
            identity,
            true,
            new ExecSpec.Output.Pipes(true, ExecSpec.Stderr.DISCARD),
            Optional.empty());
    return cell().exec(spec, listener);
  }

  /**
   * Enters the workdir: an idle task has no command that would show whether it can be done.
   *
   * @throws AtollException INVALID_ARGUMENT when it can't
   */
  void tryWorkdir() throws IOException, InterruptedException {
    ExecSpec spec =
        new ExecSpec(
            new ExecSpec.Program.OpenFile("/dev/null", "r"),
            List.of(),
            workdir,
            identity,
            true,
            new ExecSpec.Output.Pipes(false, ExecSpec.Stderr.DISCARD),
            Optional.empty());
    try {
      cell().exec(spec, new UnheardExec()).drop();
    } catch (ExecStartException failure) {
      throw StartFailure.explain(failure, List.of(), workdir);
    }
  }

  private Cell cell() {
    return claimed.cell();
  }

  private static void discardUnread(ExecRequest request, TaskProcess process) {
    boolean terminal = request.terminal().isPresent();
    if (!terminal && !request.stdout()) {
      process.discards(ExecListener.Stream.STDOUT);
    }
    if (terminal || request.stderr() != ExecSpec.Stderr.PIPE) {
      process.discards(ExecListener.Stream.STDERR);
    }
  }
}
