package dev.atoll.cells.host;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellException;
import dev.atoll.cells.CellHost;
import dev.atoll.cells.KeptExec;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.TakenBack;
import dev.atoll.cells.Tier;
import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.cgroup.ControlGroups;
import dev.atoll.cells.network.HostAddresses;
import dev.atoll.cells.network.HostNetwork;
import dev.atoll.cells.network.Slot;
import dev.atoll.cells.process.GroupKiller;
import dev.atoll.cells.runtime.BootPlan;
import dev.atoll.cells.runtime.CellRuntime;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** This host's cells of one instance. */
final class LocalCellHost implements CellHost {
  private static final System.Logger LOG = System.getLogger(LocalCellHost.class.getName());

  private final HostParts parts;
  private final Set<LocalCell> cells = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextCell = new AtomicLong(1);

  /** Ids must differ from those of every predecessor. */
  private final String idBeginning = "c" + Long.toString(System.currentTimeMillis(), 36) + "-";

  private final Map<String, CellRecord> survivors;

  private volatile boolean closed;
  private volatile boolean handedOver;

  /**
   * What a host is made of; it owns them.
   *
   * @param lock keeps other servers off the state folder and the instance; closed last
   */
  record HostParts(
      Tier tier,
      String version,
      int processLimit,
      CellRuntime runtime,
      MountBase base,
      ControlGroups groups,
      HostNetwork network,
      ProcessWatcher watcher,
      Orphans orphans,
      InstanceLock lock) {}

  LocalCellHost(HostParts parts, Survivors survivors) {
    this.parts = parts;
    this.survivors = new ConcurrentHashMap<>(survivors.records());
  }

  @Override
  public Tier tier() {
    return parts.tier();
  }

  @Override
  public String runtimeVersion() {
    return parts.version();
  }

  @Override
  public IdMapping idMapping() {
    return parts.runtime().idMapping();
  }

  @Override
  public List<String> sourceAddresses() {
    return HostAddresses.all();
  }

  @Override
  public Cell boot() throws CellException, InterruptedException {
    return boot(BootUrgency.AWAITED);
  }

  @Override
  public Cell bootInBackground() throws CellException, InterruptedException {
    return boot(BootUrgency.BACKGROUND);
  }

  private Cell boot(BootUrgency urgency) throws CellException, InterruptedException {
    if (closed) {
      throw new CellException("the host of the cells is closed");
    }
    String id = idBeginning + nextCell.getAndIncrement();
    LocalCell cell = prepare(id);
    cells.add(cell);
    try {
      new Boot(parts.runtime(), cell.plan(), parts.watcher(), urgency).run(cell);
      return cell;
    } catch (IOException e) {
      cell.destroy();
      throw e instanceof CellException failure
          ? failure
          : new CellException("the cell can't be booted: " + e.getMessage(), e);
    } catch (InterruptedException | RuntimeException e) {
      cell.destroy();
      throw e;
    }
  }

  /** Makes everything that a boot needs, or nothing. */
  private LocalCell prepare(String id) throws CellException {
    Deque<Step> undo = new ArrayDeque<>();
    try {
      Slot slot = parts.network().takeSlot();
      undo.push(() -> parts.network().release(slot));
      CellFolder folder = CellFolder.of(parts.base().cells().resolve(id));
      undo.push(folder::remove);
      folder.create(parts.runtime().idMapping());
      ControlGroup group = parts.groups().create(id);
      undo.push(group::remove);
      ControlGroup bootGroup = parts.groups().create(id + "-boot");
      undo.push(bootGroup::remove);
      BootPlan plan =
          new BootPlan(
              id,
              parts.base().root(),
              folder.path(),
              parts.base().runtimeState(),
              group,
              bootGroup,
              slot);
      Files.write(plan.bundle().resolve("config.json"), parts.runtime().config(plan));
      return LocalCell.blank(this, plan, folder, folder.listen(parts.runtime().idMapping()));
    } catch (IOException e) {
      undo.forEach(step -> attempt(id, step));
      throw e instanceof CellException failure
          ? failure
          : new CellException("the cell's folders can't be made: " + e.getMessage(), e);
    }
  }

  @Override
  public TakenBack takeBack(String cellId, List<KeptExec> execs)
      throws CellException, InterruptedException {
    CellRecord record =
        Optional.ofNullable(survivors.remove(cellId))
            .orElseThrow(() -> new CellException("nothing of cell " + cellId + " is left"));
    CellFolder folder =
        CellFolder.of(parts.base().cells().resolve(cellId), record.generation() + 1);
    Slot slot = parts.network().heldSlot(record.slot());
    ControlGroup group = parts.groups().group(cellId);
    BootPlan plan =
        new BootPlan(
            cellId,
            parts.base().root(),
            folder.path(),
            parts.base().runtimeState(),
            group,
            parts.groups().group(cellId + "-boot"),
            slot);
    LocalCell cell;
    try {
      record.nextGeneration().write(folder.path());
      cell =
          LocalCell.takenBack(
              this, plan, folder, record.nextGeneration(), execs, parts.runtime().idMapping());
    } catch (IOException e) {
      discard(plan, folder);
      throw new CellException("cell " + cellId + " can't be taken back: " + e.getMessage(), e);
    }
    cells.add(cell);
    cell.watchAgain(parts.watcher());
    return cell.awaitAgent();
  }

  private void discard(BootPlan plan, CellFolder folder) {
    attempt(plan.id(), () -> killer().killAll(plan.bootGroup()));
    attempt(plan.id(), () -> killer().killAll(plan.group()));
    removeParts(plan, folder);
  }

  @Override
  public void handOver() {
    if (handedOver) {
      return;
    }
    closed = true;
    handedOver = true;
    boolean stay = !survivors.isEmpty();
    for (LocalCell cell : List.copyOf(cells)) {
      if (cell.leave()) {
        stay = true;
      } else {
        cell.destroy();
      }
    }
    if (!stay) {
      removeInstance();
      return;
    }
    parts.network().handOver();
    parts.watcher().close();
    closeLock();
  }

  @Override
  public void close() {
    if (handedOver) {
      return;
    }
    closed = true;
    List.copyOf(cells).parallelStream().forEach(LocalCell::destroy);
    removeInstance();
  }

  private void removeInstance() {
    parts.network().close();
    parts.watcher().close();
    try {
      parts.orphans().clear();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "something of the instance is left on the host", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeLock();
  }

  private void closeLock() {
    try {
      parts.lock().close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the lock of the state folder can't be released", e);
    }
  }

  String nameServer() {
    return parts.network().nameServer();
  }

  void restrict(Slot slot, NetworkPolicy policy) throws CellException, InterruptedException {
    parts.network().restrict(slot, policy);
  }

  void sendFrom(Slot slot, String address) throws CellException, InterruptedException {
    parts.network().sendFrom(slot, address);
  }

  int processLimit() {
    return parts.processLimit();
  }

  CellRuntime runtime() {
    return parts.runtime();
  }

  GroupKiller killer() {
    return new GroupKiller(parts.watcher());
  }

  /** Removes what is left of a cell in which nothing runs any more. */
  void remove(LocalCell cell, BootPlan plan, CellFolder folder) {
    boolean interrupted = Thread.interrupted();
    try {
      removeParts(plan, folder);
    } finally {
      cells.remove(cell);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void removeParts(BootPlan plan, CellFolder folder) {
    String id = plan.id();
    attempt(id, () -> parts.network().release(plan.slot()));
    attempt(id, folder::remove);
    attempt(
        id,
        () -> {
          for (Path file : parts.runtime().stateFiles(id)) {
            Files.deleteIfExists(plan.runtimeState().resolve(file));
          }
        });
    attempt(id, plan.bootGroup()::remove);
    attempt(id, plan.group()::remove);
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** One thing that can't be removed must not keep the others. */
  private static void attempt(String cell, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "something of cell " + cell + " is left", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
