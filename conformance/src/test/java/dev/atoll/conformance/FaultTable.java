package dev.atoll.conformance;

import static dev.atoll.conformance.FaultPoint.after;
import static dev.atoll.conformance.FaultPoint.before;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Every transition at which servers are killed. Of each round all operations are held, each at its
 * point, when the server is killed; so what holds a thread that others need (the store's writer,
 * the catalog of images, the watch of ends) is a round's last.
 */
final class FaultTable {
  private FaultTable() {}

  /** A transition, in words, and the operation that passes it. */
  record Row(String name, FaultPoint point, Supplier<FaultScenario> scenario) {}

  /**
   * Operations that are cut by one death.
   *
   * @param repair where the next server is killed, too, before it has repaired all
   */
  record Round(List<Row> rows, Optional<FaultPoint> repair) {}

  private static Row row(String name, FaultPoint point, Supplier<FaultScenario> scenario) {
    return new Row(name, point, scenario);
  }

  private static FaultScenario exit() {
    return new FaultEnd(FaultEnd.Cause.EXIT);
  }

  private static FaultScenario termination() {
    return new FaultEnd(FaultEnd.Cause.TERMINATE);
  }

  static List<Round> rounds() {
    return List.of(
        new Round(
            List.of(
                row(
                    "create: committed, the worker not asked",
                    before("control.worker.WorkerClient", "startTask"),
                    FaultCreate::new),
                row(
                    "create: begun at the worker",
                    before("worker.task.TaskStarter", "start"),
                    FaultCreate::new),
                row(
                    "create: cell claimed",
                    after("worker.cell.CellClaimer", "claim"),
                    FaultCreate::new),
                row(
                    "exec: nothing written",
                    before("worker.task.RecordedProcess", "numbered"),
                    FaultExec::new),
                row(
                    "exec: recorded, the guest agent not asked",
                    after("worker.task.RecordedProcess", "numbered"),
                    FaultExec::new),
                row(
                    "snapshot: frozen, the cell stands still",
                    after("images.store.WritableVolume", "freeze"),
                    FaultSnapshot::new),
                row(
                    "snapshot: layer complete, no image",
                    before("images.store.ImageAssembler", "assemble"),
                    FaultSnapshot::new),
                row(
                    "import: half unpacked",
                    before("images.layers.LayerWriter", "setFolderTimes"),
                    FaultImport::new),
                row(
                    "import: layer complete, no record",
                    before("images.store.LayerStore", "persist"),
                    FaultImport::new),
                row(
                    "build: a step has run, its files not kept",
                    before("images.store.OverlayRoot", "commitStep"),
                    FaultBuild::new),
                row(
                    "build: a step's files kept, the step not remembered",
                    before("images.store.StepCache", "put"),
                    FaultBuild::new),
                row(
                    "lifetime's end: reason recorded, nothing released",
                    before("worker.cell.ClaimedCell", "release"),
                    () -> new FaultEnd(FaultEnd.Cause.TIMEOUT)),
                row(
                    "secret: stored, not answered",
                    after("control.secrets.Secrets", "getOrCreate"),
                    FaultEntry.SECRET::made),
                row(
                    "create: written, not committed",
                    before("control.store.PendingStartTable", "insert"),
                    FaultCreate::new)),
            Optional.empty()),
        new Round(
            List.of(
                row(
                    "removal of an image: in the trash",
                    before("images.layers.TreeDeletion", "delete"),
                    FaultRemoval::new),
                row(
                    "create: task recorded, the main process not",
                    before("worker.task.TaskStarter", "startMain"),
                    FaultCreate::new),
                row(
                    "create: main process recorded, the guest agent not asked",
                    after("worker.task.RecordedProcess", "numbered"),
                    FaultCreate::new),
                row(
                    "exec: started, not answered",
                    after("worker.task.RunningTask", "start"),
                    FaultExec::new),
                row(
                    "exec's input: not sent",
                    before("worker.process.Stdin", "send"),
                    FaultExec::new),
                row(
                    "snapshot: image made, no id",
                    after("worker.task.RunningTask", "snapshot"),
                    FaultSnapshot::new),
                row(
                    "snapshot: its files copied, the copy not recorded",
                    before("images.store.LayerStore", "recordCopy"),
                    FaultSnapshot::new),
                row(
                    "snapshot: stored, not answered",
                    after("control.images.TaskImages", "add"),
                    FaultSnapshot::new),
                row(
                    "import: image recorded, not told",
                    after("control.worker.WorkerClient", "importImage"),
                    FaultImport::new),
                row(
                    "build: done, its result not stored",
                    after("control.worker.WorkerClient", "buildImage"),
                    FaultBuild::new),
                row(
                    "exit: released, the final end not recorded",
                    before("worker.task.Task", "dropRunning"),
                    FaultTable::exit),
                row(
                    "proxy: stored, not answered",
                    after("control.proxies.Proxies", "create"),
                    FaultEntry.PROXY::made),
                row(
                    "token: stored, not answered",
                    after("control.tokens.Tokens", "create"),
                    FaultEntry.TOKEN::made),
                row(
                    "import: image written, its tag not committed",
                    before("control.store.ImageTagTable", "put"),
                    FaultImport::new)),
            Optional.empty()),
        new Round(
            List.of(
                row(
                    "build: stored, not begun",
                    before("control.images.Builds", "run"),
                    FaultBuild::new),
                row(
                    "create: main process runs, not told",
                    before("worker.task.Task", "run"),
                    FaultCreate::new),
                row(
                    "create: the working folder of an idle sandbox not tried",
                    before("worker.task.RunningTask", "tryWorkdir"),
                    FaultIdle::new),
                row(
                    "create: the worker's answer not stored",
                    before("control.sandboxes.Lifecycle", "running"),
                    FaultCreate::new),
                row(
                    "exec's input: taken, not answered",
                    after("worker.process.Stdin", "write"),
                    FaultExec::new),
                row(
                    "exec: ended, not recorded",
                    before("worker.task.RecordedProcess", "ended"),
                    FaultExec::new),
                row(
                    "main process's input: taken, its position not stored",
                    after("control.worker.WorkerClient", "writeStdin"),
                    FaultInput::new),
                row(
                    "mount: recorded, the guest agent not asked",
                    after("worker.mount.TaskMounts", "record"),
                    FaultMount::new),
                row(
                    "mount: mounted, not answered",
                    after("worker.mount.TaskMounts", "mount"),
                    FaultMount::new),
                row(
                    "idle timeout: reason recorded, nothing released",
                    before("worker.cell.ClaimedCell", "release"),
                    () -> new FaultEnd(FaultEnd.Cause.IDLE)),
                row(
                    "import: stored, not answered",
                    after("control.images.LocalImages", "add"),
                    FaultImport::new),
                row(
                    "termination: the worker not asked",
                    before("control.worker.WorkerClient", "terminateTask"),
                    FaultTable::termination),
                row(
                    "tag of an image: stored, not answered",
                    after("control.images.LocalImages", "tag"),
                    FaultEntry.IMAGE_TAG::made),
                row(
                    "exit: told, not stored",
                    before("control.sandboxes.Lifecycle", "record"),
                    FaultTable::exit),
                row(
                    "removal of an image: row gone, the worker not asked",
                    before("control.worker.WorkerClient", "removeImage"),
                    FaultRemoval::new),
                row(
                    "end: written, not committed",
                    before("control.store.StdinPositionTable", "delete"),
                    FaultTable::termination)),
            Optional.of(before("worker.task.TaskResumer", "goOn"))),
        new Round(
            List.of(
                row(
                    "create: stored, not answered",
                    after("control.sandboxes.Sandboxes", "create"),
                    FaultCreate::new),
                row(
                    "create: running, nobody told",
                    before("control.sandboxes.LiveSandbox", "runs"),
                    FaultCreate::new),
                row(
                    "exec's input: taken, the exec has ended, not answered",
                    after("worker.process.Stdin", "write"),
                    () -> new FaultExec(FaultExec.Cut.ENDED)),
                row(
                    "main process's input: position stored, not answered",
                    after("control.sandboxes.StdinCursor", "write"),
                    FaultInput::new),
                row(
                    "exec: ended, recorded, not told",
                    after("worker.task.RecordedProcess", "ended"),
                    FaultExec::new),
                row(
                    "build: stored, its followers not told",
                    before("control.images.BuildLog", "finish"),
                    FaultBuild::new),
                row(
                    "tags of a sandbox: stored, not answered",
                    after("control.sandboxes.Sandboxes", "setTags"),
                    FaultEntry.SANDBOX_TAGS::made),
                row(
                    "termination: stored, not answered",
                    after("control.sandboxes.Sandboxes", "terminate"),
                    FaultTable::termination),
                row(
                    "exit: the main process ended, not recorded",
                    before("worker.task.RecordedProcess", "ended"),
                    FaultTable::exit),
                row(
                    "exit: recorded at the worker, not told",
                    before("worker.task.EndedFeed", "publish"),
                    FaultTable::exit),
                row(
                    "removal of an image: record gone, layers not",
                    before("images.store.FolderImageStore", "forgetTrust"),
                    FaultRemoval::new)),
            Optional.of(before("control.sandboxes.Recovery", "recover"))));
  }
}
