package dev.atoll.worker.service;

import dev.atoll.cells.CellHost;
import dev.atoll.images.ImageStore;
import dev.atoll.worker.SecretSource;
import dev.atoll.worker.TaskImages;
import dev.atoll.worker.TaskTokens;
import dev.atoll.worker.Worker;
import dev.atoll.worker.WorkerConfig;
import dev.atoll.worker.build.ImageBuilder;
import dev.atoll.worker.build.RunSteps;
import dev.atoll.worker.build.StepKeys;
import dev.atoll.worker.calls.Calls;
import dev.atoll.worker.calls.Native;
import dev.atoll.worker.cell.AvailableMemory;
import dev.atoll.worker.cell.CellClaimer;
import dev.atoll.worker.cell.CellPool;
import dev.atoll.worker.connect.ConnectHost;
import dev.atoll.worker.files.FileCalls;
import dev.atoll.worker.image.ImageBuilds;
import dev.atoll.worker.image.ImageCalls;
import dev.atoll.worker.image.ImageJobs;
import dev.atoll.worker.record.TaskRecords;
import dev.atoll.worker.router.ClientServices;
import dev.atoll.worker.router.ImageMounts;
import dev.atoll.worker.snapshot.SnapshotCalls;
import dev.atoll.worker.snapshot.Snapshots;
import dev.atoll.worker.spool.SpoolFolder;
import dev.atoll.worker.task.TaskCalls;
import dev.atoll.worker.task.Tasks;
import dev.atoll.worker.tunnel.Authority;
import dev.atoll.worker.tunnel.EventLoops;
import dev.atoll.worker.tunnel.TunnelDomain;
import dev.atoll.worker.tunnel.TunnelHost;
import dev.atoll.worker.tunnel.TunnelSettings;
import io.grpc.BindableService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Opens workers. */
public final class Workers {
  private Workers() {}

  /**
   * The cells of tasks that a worker on this folder has left running: the host that is then given
   * to {@link #open} shall keep them.
   *
   * @param directory as in {@link WorkerConfig}
   * @throws IOException when its records can't be read
   */
  public static Set<String> cellsToKeep(Path directory) throws IOException {
    return TaskRecords.open(directory).cells();
  }

  /**
   * Opens a worker on this host, and goes on with the tasks that one on the same folder has left,
   * by its death or by handing over. Blocks until their cells have called.
   *
   * @param cellHost where its cells are; stays the caller's to close, after the worker
   * @param images its images; stays the caller's to close, after the worker
   * @throws IOException when its folder can't be used
   */
  public static Worker open(
      WorkerConfig config,
      CellHost cellHost,
      ImageStore images,
      SecretSource secrets,
      TaskImages taskImages,
      TaskTokens tokens)
      throws IOException, InterruptedException {
    SpoolFolder folder = new SpoolFolder(config.directory().resolve("spools"), config.spoolBytes());
    folder.clear();
    EventLoops loops = new EventLoops();
    Optional<TunnelDomain> domain = openDomain(loops, config.tunnels());
    TaskRecords records = TaskRecords.open(config.directory());
    Native threads = new Native();
    Calls calls = new Calls();
    CellPool pool = new CellPool(cellHost, config.pool(), AvailableMemory.ofHost());
    CellClaimer claimer = new CellClaimer(pool, cellHost.idMapping(), images, threads);
    TunnelHost tunnels =
        new TunnelHost(
            loops, config.tunnels().address(), config.directory().resolve(Authority.FILE), domain);
    Tasks tasks =
        new Tasks(
            cellHost,
            images,
            claimer,
            tunnels,
            new ConnectHost(loops, domain),
            records,
            config.spoolBytes(),
            threads,
            config.processLimit());
    tasks.resume();
    Snapshots snapshots = new Snapshots(tasks, taskImages, threads);
    ImageMounts mounts = new ImageMounts(tasks, images, taskImages);
    RunSteps runs =
        new RunSteps(
            claimer,
            folder,
            threads.releases(),
            config.buildStepLifetime(),
            config.buildDiskBytes());
    StepKeys keys = StepKeys.open(config.directory().resolve("build-cache.key"));
    ImageBuilds builds =
        new ImageBuilds(new ImageBuilder(images, keys, runs), config.buildLimits());
    ImageJobs jobs = new ImageJobs(folder);
    WorkerService service =
        new WorkerService(
            cellHost,
            images.diskLimits(),
            new TaskCalls(tasks, calls),
            new FileCalls(tasks, calls, folder),
            new SnapshotCalls(snapshots, calls),
            new ImageCalls(images, jobs, builds, threads, calls));
    return new OpenWorker(
        service,
        ClientServices.create(tasks, snapshots, mounts, calls, secrets, tokens),
        tasks,
        domain,
        loops,
        pool,
        calls,
        threads);
  }

  private static Optional<TunnelDomain> openDomain(EventLoops loops, TunnelSettings settings)
      throws IOException {
    if (settings.domain().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TunnelDomain.open(loops, settings.address(), settings.domain().get()));
    } catch (IOException | RuntimeException failure) {
      loops.close();
      throw failure;
    }
  }

  private record OpenWorker(
      BindableService workerService,
      List<BindableService> clientServices,
      Tasks tasks,
      Optional<TunnelDomain> domain,
      EventLoops loops,
      CellPool pool,
      Calls calls,
      Native threads)
      implements Worker {
    @Override
    public int waitingCells() {
      return pool.waiting();
    }

    @Override
    public void handOver() {
      threads.giveUpImages();
      pool.close();
      tasks.handOver();
    }

    @Override
    public void close() {
      threads.giveUpImages();
      tasks.close();
      domain.ifPresent(TunnelDomain::close);
      loops.close();
      pool.close();
      calls.close();
      threads.close();
    }
  }
}
