package dev.atoll.cells.host;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellEnd;
import dev.atoll.cells.CellEndedException;
import dev.atoll.cells.CellException;
import dev.atoll.cells.Claim;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.FolderLocation;
import dev.atoll.cells.KeptExec;
import dev.atoll.cells.Limits;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.ResourceUsage;
import dev.atoll.cells.TakenBack;
import dev.atoll.cells.agent.AgentLink;
import dev.atoll.cells.agent.CellSupervisor;
import dev.atoll.cells.runtime.BootPlan;
import dev.atoll.cells.runtime.Capabilities;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.ProcessDescriptor;
import dev.atoll.linux.ProcessWatcher;
import dev.atoll.linux.RawNames;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** A cell of this host. */
final class LocalCell implements Cell, CellSupervisor {
  private static final System.Logger LOG = System.getLogger(LocalCell.class.getName());

  private final LocalCellHost host;
  private final BootPlan plan;
  private final CellFolder folder;
  private final AgentLink link;
  private final AtomicReference<Optional<CellEnd>> cause = new AtomicReference<>(Optional.empty());
  private final CompletableFuture<CellEnd> ended = new CompletableFuture<>();
  private final AtomicLong knownOutOfMemoryKills = new AtomicLong();
  private volatile Optional<CellProcesses> processes = Optional.empty();
  private volatile ResourceUsage lastUsage = new ResourceUsage(0, Duration.ZERO, 0);
  private volatile boolean parked;
  private volatile Optional<UnseenFifos.Root> root = Optional.empty();
  private volatile CellRecordFile record;
  private volatile boolean left;
  private boolean removed;

  private LocalCell(
      LocalCellHost host,
      BootPlan plan,
      CellFolder folder,
      Function<CellSupervisor, AgentLink> link) {
    this.host = host;
    this.plan = plan;
    this.folder = folder;
    this.record = CellRecordFile.none(folder.path());
    this.link = link.apply(this);
  }

  /** A cell that is about to boot. */
  static LocalCell blank(
      LocalCellHost host, BootPlan plan, CellFolder folder, ServerSocketChannel server) {
    LocalCell cell =
        new LocalCell(host, plan, folder, supervisor -> new AgentLink(server, supervisor));
    cell.begin();
    return cell;
  }

  /**
   * A claimed cell of a host that died.
   *
   * @throws IOException when it can't be called; the cell stays as it is
   */
  static LocalCell takenBack(
      LocalCellHost host,
      BootPlan plan,
      CellFolder folder,
      CellRecord record,
      List<KeptExec> execs,
      IdMapping mapping)
      throws IOException {
    ServerSocketChannel server = folder.listen(mapping);
    LocalCell cell =
        new LocalCell(host, plan, folder, supervisor -> new AgentLink(server, supervisor, execs));
    cell.record = CellRecordFile.of(folder.path(), record);
    cell.root =
        Optional.of(new UnseenFifos.Root(folder.dock().resolve(record.root()), record.claimed()));
    cell.begin();
    return cell;
  }

  private void begin() {
    Thread.ofVirtual().name("cell " + plan.id()).start(this::serve);
  }

  BootPlan plan() {
    return plan;
  }

  /** Completes when the agent has said hello. */
  CompletableFuture<Void> connected() {
    return link.connected();
  }

  /** From now on the end of one of these processes is the cell's. */
  void watch(CellProcesses watched) {
    processes = Optional.of(watched);
    watched.firstEnd().thenAccept(status -> Thread.startVirtualThread(() -> died(status)));
  }

  /** Watches the processes of a cell that is taken back, and ends it when they have ended. */
  void watchAgain(ProcessWatcher watcher) {
    try {
      List<Integer> all = plan.group().processes();
      List<Integer> own = host.runtime().processes(plan);
      if (!all.containsAll(own)) {
        throw new IOException("its processes have ended");
      }
      knownOutOfMemoryKills.set(plan.group().outOfMemoryKills());
      watch(CellProcesses.watch(own, all, watcher));
      // It may have been paused for a snapshot.
      thaw();
    } catch (IOException gone) {
      LOG.log(System.Logger.Level.DEBUG, "cell " + id() + " has ended meanwhile", gone);
      died(-1);
    }
  }

  /** Waits until the agent has called, or the cell has ended. */
  TakenBack awaitAgent() throws InterruptedException {
    try {
      link.connected().get();
    } catch (ExecutionException over) {
      LOG.log(System.Logger.Level.DEBUG, "cell " + id() + " did not call any more", over);
    }
    if (cause.get().isPresent()) {
      ended.join();
      return new TakenBack(this, Map.of());
    }
    return new TakenBack(this, link.execs());
  }

  /** Leaves a claimed cell as it is, and never touches it again; false for a blank one. */
  boolean leave() {
    if (!record.isWritten() || cause.get().isPresent()) {
      return false;
    }
    left = true;
    link.close();
    return true;
  }

  /** Hangs up on the agent, which dials again: what happens when a worker restarts. */
  void disconnectAgent() {
    link.disconnect();
  }

  @Override
  public String id() {
    return plan.id();
  }

  @Override
  public Path dock() {
    return folder.dock();
  }

  @Override
  public Path dockEntry() throws CellException {
    try {
      return folder.dockEntry();
    } catch (IOException e) {
      throw new CellException("no entry can be made in the dock: " + e.getMessage(), e);
    }
  }

  @Override
  public String address() {
    return plan.slot().address();
  }

  @Override
  public String nameServer() {
    return host.nameServer();
  }

  @Override
  public void park() throws CellException {
    if (host.runtime().blankCellsTick()) {
      signal(ProcessDescriptor.SIGSTOP);
      parked = true;
    }
  }

  @Override
  public void unpark() throws CellException {
    if (parked) {
      parked = false;
      signal(ProcessDescriptor.SIGCONT);
    }
  }

  private void signal(int signal) throws CellException {
    if (processes.isPresent()) {
      try {
        processes.get().signal(signal);
      } catch (IOException e) {
        throw new CellException("the cell's processes can't be signalled: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void pause() throws CellException, InterruptedException {
    requireAlive();
    try {
      standStill();
    } catch (IOException e) {
      throw new CellException("the cell can't be paused: " + e.getMessage(), e);
    }
    // An end thaws the cell, to kill it, after it has noted its cause. If that was before the
    // freeze, this undoes it.
    if (cause.get().isPresent()) {
      thaw();
      requireAlive();
    }
  }

  /**
   * A kernel in user space is stopped itself: the freezer would interrupt the threads that wait for
   * it in the kernel below, of which gVisor's releases of 2026 lose count: the next programs die.
   */
  private void standStill() throws IOException, InterruptedException {
    if (host.runtime().hasOwnKernel()) {
      processes.orElseThrow().stop();
    } else {
      plan.group().freeze();
    }
  }

  @Override
  public void resume() throws CellException {
    requireAlive();
    thaw();
    requireAlive();
  }

  private void thaw() throws CellException {
    if (host.runtime().hasOwnKernel()) {
      signal(ProcessDescriptor.SIGCONT);
      return;
    }
    try {
      plan.group().thaw();
    } catch (IOException e) {
      throw new CellException("the cell can't be resumed: " + e.getMessage(), e);
    }
  }

  private void requireAlive() throws CellException {
    if (cause.get().isPresent()) {
      throw new CellEndedException("cell " + id() + " has ended");
    }
  }

  @Override
  public void ping(Duration limit) throws CellException, InterruptedException {
    link.ping().await(limit);
  }

  @Override
  public void limit(Limits limits) throws CellException {
    int processLimit = Math.min(limits.processes(), host.processLimit());
    try {
      plan.group()
          .limit(
              new Limits(
                  limits.memoryBytes(),
                  limits.cpuMillis(),
                  limits.cpuShare(),
                  processLimit + host.runtime().ownProcesses()));
    } catch (IOException e) {
      throw new CellException("the limits can't be set: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void networkPolicy(NetworkPolicy policy)
      throws CellException, InterruptedException {
    if (removed) {
      // Its slot may be another cell's by now.
      throw new CellException("cell " + id() + " is destroyed");
    }
    record.network(policy);
    host.restrict(plan.slot(), policy);
  }

  @Override
  public synchronized void sourceAddress(String address)
      throws CellException, InterruptedException {
    if (removed) {
      throw new CellException("cell " + id() + " is destroyed");
    }
    host.sendFrom(plan.slot(), address);
    record.departure(address);
  }

  @Override
  public void claim(Claim claim) throws CellException, InterruptedException {
    requireInDock(claim.root());
    for (Claim.Mount mount : claim.mounts()) {
      requireInDock(mount.source());
    }
    Instant start = Instant.now();
    record.claimed(
        host.tier(), plan.slot().number(), dock().relativize(claim.root()).toString(), start);
    link.claim(claim, dock(), Capabilities.OF_USERS, host.runtime().seccomp()).await();
    root = Optional.of(new UnseenFifos.Root(claim.root(), start));
  }

  @Override
  public Exec exec(ExecSpec spec, ExecListener listener)
      throws CellException, InterruptedException {
    return link.exec(spec, listener).await();
  }

  @Override
  public void mount(Path dockEntry, String target, boolean readOnly)
      throws CellException, InterruptedException {
    link.mount(dockPath(dockEntry), target, readOnly).await();
  }

  @Override
  public void replaceMount(Path dockEntry, Path replaced, boolean readOnly)
      throws CellException, InterruptedException {
    link.replace(dockPath(dockEntry), dockPath(replaced), readOnly).await();
  }

  @Override
  public void unmount(Path dockEntry) throws CellException, InterruptedException {
    link.unmount(dockPath(dockEntry)).await();
  }

  @Override
  public FolderLocation locate(String path) throws CellException, InterruptedException {
    if (path.indexOf('\0') >= 0) {
      throw new CellException("a path with a NUL leads nowhere");
    }
    return link.locate(RawNames.of(path)).location(dock());
  }

  @Override
  public void sync() throws CellException, InterruptedException {
    if (host.runtime().hasOwnKernel()) {
      link.sync().await();
    }
  }

  @Override
  public List<String> unseenFifos() throws CellException, InterruptedException {
    return unseenFifos(new FolderLocation(Optional.empty(), ""), "/");
  }

  @Override
  public List<String> unseenFifos(FolderLocation folder, String path)
      throws CellException, InterruptedException {
    requireAlive();
    return root.isPresent()
        ? UnseenFifos.of(host.runtime(), plan, new SearchedFolder(root.get(), folder, path), link)
        : List.of();
  }

  @Override
  public ResourceUsage usage() {
    if (ended.isDone()) {
      return lastUsage;
    }
    try {
      lastUsage = plan.group().usage();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the usage of cell " + id() + " can't be read", e);
    }
    return lastUsage;
  }

  @Override
  public CompletableFuture<CellEnd> ended() {
    return ended.copy();
  }

  @Override
  public void destroy() {
    if (left) {
      return;
    }
    end(new CellEnd.Destroyed());
    ended.join();
    remove();
  }

  @Override
  public void broken(String reason) {
    end(new CellEnd.Crashed(reason));
  }

  @Override
  public void initKilled() {
    end(new CellEnd.InitKilled());
  }

  @Override
  public void lifetimeOver() {
    end(new CellEnd.LifetimeOver());
  }

  @Override
  public long outOfMemoryKills() {
    try {
      long kills = plan.group().outOfMemoryKills();
      knownOutOfMemoryKills.accumulateAndGet(kills, Math::max);
      return kills;
    } catch (IOException e) {
      return knownOutOfMemoryKills.get();
    }
  }

  /** A kill that nobody has been told of yet can only have been this one. */
  private void died(int status) {
    long known = knownOutOfMemoryKills.get();
    end(
        outOfMemoryKills() > known
            ? new CellEnd.OutOfMemory()
            : new CellEnd.Crashed(
                "a process of the runtime ended"
                    + (status < 0 ? "" : " with the wait status " + status)));
  }

  /** The first cause counts. */
  private void end(CellEnd why) {
    if (cause.compareAndSet(Optional.empty(), Optional.of(why))) {
      link.close();
    }
  }

  /** The cell's thread, from its boot to its end. */
  private void serve() {
    link.run();
    if (left) {
      processes.ifPresent(CellProcesses::close);
      return;
    }
    CellEnd why =
        cause.get().orElseGet(() -> new CellEnd.Crashed("its socket was closed unexpectedly"));
    try {
      host.killer().killAll(plan.bootGroup());
      host.killer().killAll(plan.group());
      if (processes.isPresent()) {
        processes.get().awaitAll();
      }
      lastUsage = plan.group().usage();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "cell " + id() + " can't be killed", e);
    }
    processes.ifPresent(CellProcesses::close);
    try {
      link.tellEnded(why);
    } finally {
      ended.complete(why);
    }
  }

  private synchronized void remove() {
    if (!removed) {
      removed = true;
      host.remove(this, plan, folder);
    }
  }

  private String dockPath(Path entry) throws CellException {
    requireInDock(entry);
    return dock().relativize(entry).toString();
  }

  private void requireInDock(Path path) throws CellException {
    if (!path.normalize().startsWith(dock()) || path.normalize().equals(dock())) {
      throw new CellException(path + " is not below the dock of cell " + id());
    }
  }
}
