package dev.atoll.worker.task;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellException;
import dev.atoll.cells.CellHost;
import dev.atoll.cells.KeptExec;
import dev.atoll.cells.TakenBack;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.RootFilesystem;
import dev.atoll.protocol.records.TaskRecord;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.worker.calls.Native;
import dev.atoll.worker.cell.ClaimTimings;
import dev.atoll.worker.cell.ClaimedCell;
import dev.atoll.worker.connect.ConnectAddress;
import dev.atoll.worker.connect.ConnectHost;
import dev.atoll.worker.mount.TaskMounts;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.record.BootClock;
import dev.atoll.worker.record.TaskFolder;
import dev.atoll.worker.spool.KeptSegments;
import dev.atoll.worker.tunnel.OpenTunnels;
import dev.atoll.worker.tunnel.TunnelHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on with the tasks of a worker that has died or handed over. */
final class TaskResumer {
  private static final Logger log = LoggerFactory.getLogger(TaskResumer.class);

  private final CellHost host;
  private final ImageStore images;
  private final TunnelHost tunnelHost;
  private final ConnectHost connectHost;
  private final Native threads;
  private final ScheduledExecutorService timer;
  private final TaskWatch watch;
  private final int processLimit;

  TaskResumer(
      CellHost host,
      ImageStore images,
      TunnelHost tunnelHost,
      ConnectHost connectHost,
      Native threads,
      ScheduledExecutorService timer,
      int processLimit) {
    this.host = host;
    this.images = images;
    this.tunnelHost = tunnelHost;
    this.connectHost = connectHost;
    this.threads = threads;
    this.timer = timer;
    this.watch = new TaskWatch(timer);
    this.processLimit = processLimit;
  }

  /**
   * Goes on with a task. When it returns the task runs, or is about to end, or has ended; empty
   * when there is nothing to go on with, and then nothing of it is left. Blocks until its cell has
   * called.
   */
  Optional<Task> resume(TaskFolder folder, Task.Host shared)
      throws IOException, InterruptedException {
    Optional<TaskEnded> end = folder.end();
    Optional<TaskRecord> record = folder.task();
    if (end.isPresent()) {
      return Optional.of(ended(folder, shared, end.get()));
    }
    if (record.isEmpty()) {
      folder.remove();
      return Optional.empty();
    }
    try {
      return running(folder, shared, record.get());
    } catch (IOException | RuntimeException broken) {
      // One task must not keep the others, nor the server.
      log.error("task {} can't be taken back", folder.taskId(), broken);
      destroy(record.get().getCellId());
      return lost(new Task(folder, shared, outputIfReadable(folder, shared)));
    }
  }

  private void destroy(String cellId) throws InterruptedException {
    try {
      host.takeBack(cellId, List.of()).cell().destroy();
    } catch (CellException gone) {
      log.debug("nothing of cell {} is left", cellId, gone);
    }
  }

  /** Its output can still be read. */
  private static Task ended(TaskFolder folder, Task.Host shared, TaskEnded end) throws IOException {
    folder.removeRunning();
    TaskProcess main = output(folder, shared);
    main.gone();
    return Task.ended(folder, shared, main, end);
  }

  private static TaskProcess outputIfReadable(TaskFolder folder, Task.Host shared) {
    try {
      return output(folder, shared);
    } catch (IOException | RuntimeException broken) {
      log.error("the output of task {} can't be read", folder.taskId(), broken);
      return idle(folder, shared);
    }
  }

  private static TaskProcess output(TaskFolder folder, Task.Host shared) throws IOException {
    return KeptProcess.read(folder, TaskFolder.MAIN, folder.segments())
        .map(KeptProcess::process)
        .orElseGet(() -> idle(folder, shared));
  }

  private Optional<Task> running(TaskFolder folder, Task.Host shared, TaskRecord record)
      throws IOException, InterruptedException {
    TaskSettings settings = TaskSettings.of(record.getSpec(), processLimit);
    KeptSegments segments = folder.segments();
    Optional<KeptProcess> main = KeptProcess.read(folder, TaskFolder.MAIN, segments);
    List<KeptProcess> execs = new ArrayList<>();
    for (String name : Execs.names(folder)) {
      KeptProcess.read(folder, name, segments).ifPresent(execs::add);
    }
    Task task =
        new Task(
            folder, shared, main.map(KeptProcess::process).orElseGet(() -> idle(folder, shared)));
    List<KeptExec> kept = new ArrayList<>(execs.stream().map(KeptProcess::exec).toList());
    main.ifPresent(process -> kept.add(process.exec()));
    TakenBack taken;
    try {
      taken = host.takeBack(record.getCellId(), kept);
    } catch (CellException gone) {
      log.info("task {} is lost: {}", settings.taskId(), gone.getMessage());
      return lost(task);
    }
    Cell cell = taken.cell();
    try {
      return goOn(task, settings, record, main, execs, taken);
    } catch (IOException | RuntimeException broken) {
      cell.destroy();
      throw broken;
    }
  }

  private Optional<Task> goOn(
      Task task,
      TaskSettings settings,
      TaskRecord record,
      Optional<KeptProcess> main,
      List<KeptProcess> execs,
      TakenBack taken)
      throws IOException {
    Cell cell = taken.cell();
    boolean over = cell.ended().isDone();
    boolean commanded = !settings.command().isEmpty();
    boolean known = main.map(process -> process.resume(taken.execs())).orElse(false);
    if (!over && commanded && !known) {
      // Its worker died before the cell was asked to start it: whoever wanted it starts it anew.
      cell.destroy();
      task.folder().remove();
      return Optional.empty();
    }
    for (KeptProcess exec : execs) {
      if (exec.resume(taken.execs()) || over) {
        task.execs().resume(exec);
      } else {
        exec.process().discard();
      }
    }
    long left = record.getDeadlineMillis() - BootClock.millis();
    RunningTask running = running(task, settings, record, cell);
    task.execs().hold(running.idle());
    task.run(running, report(record, running));
    // The guest agent has watched the lifetime meanwhile.
    if (left <= 0 && over) {
      task.end(new EndReason.TimedOut());
    }
    watch.watch(task, running, commanded, Duration.ofMillis(Math.max(0, left)));
    return Optional.of(task);
  }

  private static TaskProcess idle(TaskFolder folder, Task.Host shared) {
    TaskProcess main = new TaskProcess(folder.mainSpools(shared.spoolBytes()), TaskFolder.MAIN);
    main.neverStarts(new AtollException(ErrorCode.FAILED_PRECONDITION, TaskStarter.NO_COMMAND));
    return main;
  }

  private static Optional<Task> lost(Task task) throws IOException {
    task.lose();
    task.folder().removeRunning();
    return Optional.of(task);
  }

  private RunningTask running(Task task, TaskSettings settings, TaskRecord record, Cell cell)
      throws IOException {
    Image image =
        images
            .find(settings.image())
            .orElseThrow(() -> new IOException("its image " + settings.image() + " is gone"));
    Path root = cell.dock().resolve(record.getRootEntry());
    RootFilesystem filesystem =
        images.takeBackRoot(record.getRootFilesystem(), image, host.idMapping(), root);
    ClaimedCell claimed =
        new ClaimedCell(
            cell,
            filesystem,
            root,
            record.getTrustEnvironmentMap(),
            new ClaimTimings(false, 0, 0, 0, 0));
    IdleClock idle =
        new IdleClock(timer, settings.idleTimeout(), () -> task.end(new EndReason.Idle()));
    ConnectAddress connectAddress =
        connectHost.addressOf(cell.address(), idle, task.folder().connect());
    OpenTunnels tunnels = OpenTunnels.none();
    try {
      TaskMounts mounts = TaskMounts.resume(claimed, images, threads, task.folder());
      connectAddress.resume();
      tunnels =
          tunnelHost.open(
              cell.address(),
              settings.ports(),
              idle,
              record.getStarted().getTunnelsList().stream().map(TaskPorts::tunnel).toList());
      return new RunningTask(settings, claimed, mounts, idle, tunnels, connectAddress);
    } catch (IOException | RuntimeException broken) {
      // Another sandbox will have the address: nothing may lead there any more.
      tunnels.close();
      connectAddress.close();
      throw broken;
    }
  }

  private static TaskStarted report(TaskRecord record, RunningTask running) {
    return record.getStarted().toBuilder()
        .clearTunnels()
        .addAllTunnels(running.tunnels().tunnels().stream().map(TaskPorts::data).toList())
        .build();
  }
}
