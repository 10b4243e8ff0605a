package dev.atoll.worker.task;

import dev.atoll.cells.CellHost;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.protocol.records.TaskRecord;
import dev.atoll.protocol.worker.StartBreakdown;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.worker.calls.DiskFull;
import dev.atoll.worker.calls.Native;
import dev.atoll.worker.cell.CellClaimer;
import dev.atoll.worker.cell.ClaimSettings;
import dev.atoll.worker.cell.ClaimTimings;
import dev.atoll.worker.cell.ClaimedCell;
import dev.atoll.worker.connect.ConnectAddress;
import dev.atoll.worker.connect.ConnectHost;
import dev.atoll.worker.mount.TaskMounts;
import dev.atoll.worker.record.BootClock;
import dev.atoll.worker.tunnel.OpenTunnels;
import dev.atoll.worker.tunnel.TunnelHost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts tasks: image, cell, tunnels, main process, then the clocks. Thread-safe. */
final class TaskStarter {
  /** Why the main process of an idle task takes no input. */
  static final String NO_COMMAND = "the sandbox runs no command that could take input";

  private static final Logger log = LoggerFactory.getLogger(TaskStarter.class);

  private final CellHost host;
  private final ImageStore images;
  private final CellClaimer claimer;
  private final TunnelHost tunnelHost;
  private final ConnectHost connectHost;
  private final Native threads;
  private final ScheduledExecutorService timer;
  private final TaskWatch watch;

  TaskStarter(
      CellHost host,
      ImageStore images,
      CellClaimer claimer,
      TunnelHost tunnelHost,
      ConnectHost connectHost,
      Native threads,
      ScheduledExecutorService timer) {
    this.host = host;
    this.images = images;
    this.claimer = claimer;
    this.tunnelHost = tunnelHost;
    this.connectHost = connectHost;
    this.threads = threads;
    this.timer = timer;
    this.watch = new TaskWatch(timer);
  }

  /** Starts a task, or makes it end with the reason why it could not. Blocks; platform thread. */
  void start(Task task, TaskSpec spec, TaskSettings settings) {
    Optional<ClaimedCell> claimed = Optional.empty();
    OpenTunnels tunnels = OpenTunnels.none();
    try {
      long begin = System.nanoTime();
      Image image = image(settings);
      long found = System.nanoTime();
      if (!task.isWanted()) {
        throw new AtollException(ErrorCode.CANCELLED, "ended before it ran");
      }
      claimed =
          Optional.of(
              claimer.claim(
                  image,
                  new ClaimSettings(
                      RunningTask.hostname(settings),
                      settings.limits(),
                      settings.lifetime(),
                      settings.network(),
                      settings.sourceAddress(),
                      settings.diskLimit())));
      IdleClock idle =
          new IdleClock(timer, settings.idleTimeout(), () -> task.end(new EndReason.Idle()));
      String address = claimed.get().cell().address();
      long bound = System.nanoTime();
      tunnels = tunnelHost.open(address, settings.ports(), idle, List.of());
      ConnectAddress connectAddress = connectHost.addressOf(address, idle, task.folder().connect());
      Steps steps = new Steps(micros(begin, found), micros(bound, System.nanoTime()));
      TaskMounts mounts = new TaskMounts(claimed.get(), images, threads, task.folder());
      RunningTask running =
          new RunningTask(settings, claimed.get(), mounts, idle, tunnels, connectAddress);
      boolean commanded = !settings.command().isEmpty();
      if (!commanded && settings.workdir().isPresent()) {
        // Before the record: of an idle task it says that the task runs.
        running.tryWorkdir();
      }
      task.folder()
          .task(
              TaskRecord.newBuilder()
                  .setSpec(spec)
                  .setCellId(running.claimed().cell().id())
                  .setRootFilesystem(running.claimed().rootFilesystem().reference())
                  .setRootEntry(running.claimed().rootEntry())
                  .putAllTrustEnvironment(running.claimed().trustEnvironment())
                  .setStarted(report(running, steps, 0))
                  .setDeadlineMillis(BootClock.millis() + settings.lifetime().toMillis())
                  .build());
      long ready = System.nanoTime();
      if (commanded) {
        startMain(task, settings, running, image);
      } else {
        task.main().neverStarts(new AtollException(ErrorCode.FAILED_PRECONDITION, NO_COMMAND));
      }
      TaskStarted report = report(running, steps, micros(ready, System.nanoTime()));
      task.run(running, report);
      watch.watch(task, running, commanded, settings.lifetime());
    } catch (IOException | InterruptedException | RuntimeException failure) {
      tunnels.close();
      task.fail(explain(task, failure), claimed);
    }
  }

  private Image image(TaskSettings settings) {
    return images
        .find(settings.image())
        .orElseThrow(
            () ->
                AtollException.notFound(
                    "image '%s' is not present on this worker", settings.image()));
  }

  private static void startMain(Task task, TaskSettings settings, RunningTask running, Image image)
      throws IOException, InterruptedException {
    List<String> program = new ArrayList<>(image.config().entrypoint());
    program.addAll(settings.command());
    CommandRules.checkProgram("command", program);
    running.start(ExecRequest.main(settings, program), task.main());
  }

  /** How long what surrounds the claim took, in microseconds. */
  private record Steps(long image, long tunnels) {}

  private TaskStarted report(RunningTask running, Steps steps, long execMicros) {
    ClaimTimings timings = running.claimed().timings();
    return TaskStarted.newBuilder()
        .setTier(host.tier().label())
        .setRuntime(host.runtimeVersion())
        .setBreakdown(
            StartBreakdown.newBuilder()
                .setImageMicros(steps.image())
                .setPooled(timings.pooled())
                .setCellMicros(timings.cellMicros())
                .setRootFilesystemMicros(timings.rootFilesystemMicros())
                .setNetworkMicros(timings.networkMicros() + steps.tunnels())
                .setClaimMicros(timings.claimMicros())
                .setExecMicros(execMicros))
        .addAllTunnels(running.tunnels().tunnels().stream().map(TaskPorts::data).toList())
        .build();
  }

  private static AtollException explain(Task task, Exception failure) {
    return switch (failure) {
      case AtollException expected -> expected;
      case IOException full when DiskFull.explain(full).isPresent() -> DiskFull.explain(full).get();
      case InterruptedException _ ->
          new AtollException(ErrorCode.UNAVAILABLE, "the worker is stopping");
      default -> {
        String id = task.taskId();
        log.error("task {} could not be started", id, failure);
        yield new AtollException(
            ErrorCode.INTERNAL,
            "task '%s' could not be started on this host; the worker's log has the details"
                .formatted(id),
            failure);
      }
    };
  }

  private static long micros(long from, long to) {
    return TimeUnit.NANOSECONDS.toMicros(to - from);
  }
}
