package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.apps.Names;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.calls.HangUp;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.control.store.SandboxTagTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.SandboxTag;
import dev.atoll.protocol.modal.TunnelData;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.WorkerDescription;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Handle;

/** Creates sandboxes, finds them, waits for them and ends them. Thread-safe. */
public final class Sandboxes implements AutoCloseable {
  // Others write meanwhile.
  private static final int FORGOTTEN_AT_ONCE = 500;

  private final Database database;
  private final WorkerClient worker;
  private final SandboxPolicy policy;
  private final Definitions definitions;
  private final Admission admission;
  private final SandboxMetrics metrics;
  private final Lifecycle lifecycle;
  private final Clock clock;

  /**
   * Creates it, and takes back what a server before has left running.
   *
   * @param description what the worker said of itself
   * @param registry where sandboxes are counted
   */
  public Sandboxes(
      Database database,
      WorkerClient worker,
      SandboxPolicy policy,
      WorkerDescription description,
      MeterRegistry registry) {
    this.database = database;
    this.worker = worker;
    this.policy = policy;
    definitions = new Definitions(policy, description);
    metrics = new SandboxMetrics(registry);
    AdmissionRules.Demand capacity = policy.admission().capacity(description);
    admission = new Admission(policy.admission(), capacity);
    metrics.watch(admission, capacity);
    lifecycle = new Lifecycle(database, worker, admission, metrics);
    metrics.watch(lifecycle);
    clock = new Clock(database.read(SandboxTable::lastCreatedAt));
    lifecycle.open();
  }

  /**
   * Creates a sandbox and returns at once; its task starts in the background, and a failure to
   * start is its end. With an idempotency key that was seen before: the sandbox of that time. Waits
   * while the host is full.
   *
   * @throws AtollException RESOURCE_EXHAUSTED when the host stays full, or too many wait already
   */
  public SandboxRow create(CreateRequest request) throws InterruptedException {
    if (lifecycle.isClosing()) {
      throw new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping");
    }
    long arrived = System.nanoTime();
    SandboxSpec spec = definitions.spec(request);
    Optional<String> name = Definitions.name(request.definition());
    AdmissionRules.Demand demand = AdmissionRules.Demand.of(spec);
    Optional<Admission.Place> room = admission.enterNow(demand);
    if (room.isEmpty()) {
      // Who repeats a create must not wait until its own sandbox has ended.
      Optional<SandboxRow> repeated = database.read(handle -> Creation.repeated(handle, request));
      if (repeated.isPresent()) {
        return repeated.get();
      }
    }
    Admission.Place place = room.isPresent() ? room.get() : awaitRoom(demand);
    boolean begun = false;
    try {
      Creation created =
          database.write(handle -> Creation.insert(handle, request, spec, name, clock));
      if (created.task().isPresent()) {
        lifecycle.begin(created.row(), created.task().get(), place, arrived);
        begun = true;
        SandboxLog.withoutEffect(
            created.row().sandboxId(), definitions.withoutEffect(request.definition()));
      }
      return created.row();
    } finally {
      if (!begun) {
        place.leave();
      }
    }
  }

  private Admission.Place awaitRoom(AdmissionRules.Demand demand) throws InterruptedException {
    try {
      return admission.enter(demand, HangUp.current());
    } catch (AtollException refused) {
      if (refused.code() == ErrorCode.RESOURCE_EXHAUSTED) {
        metrics.refused();
      }
      throw refused;
    }
  }

  /** The sandbox of that id; NOT_FOUND when there is none that the caller sees. */
  public SandboxRow require(String sandboxId) {
    return database
        .read(
            handle ->
                SandboxTable.byId(handle, sandboxId)
                    .filter(row -> Apps.isSeen(handle, row.appId())))
        .orElseThrow(() -> missing(sandboxId));
  }

  /** NOT_FOUND when there is no such sandbox for a caller who sees one environment only. */
  private void checkSeen(String sandboxId) {
    if (Caller.current().environmentId().isPresent()) {
      require(sandboxId);
    }
  }

  /** The sandbox whose task has that id; NOT_FOUND when there is none that the caller sees. */
  public SandboxRow requireByTask(String taskId) {
    return database
        .read(
            handle ->
                SandboxTable.byTask(handle, taskId).filter(row -> Apps.isSeen(handle, row.appId())))
        .orElseThrow(() -> AtollException.notFound("Task '%s' not found", Names.shortened(taskId)));
  }

  /** Waits until a sandbox's task runs, has ended, or the time is over. */
  public void awaitStart(String sandboxId, Duration patience) throws InterruptedException {
    checkSeen(sandboxId);
    Optional<LiveSandbox> live = lifecycle.live(sandboxId);
    if (live.isPresent()) {
      await(live.get().started(), patience);
    }
  }

  /**
   * A sandbox that has not ended; waits until its task runs, at most so long.
   *
   * @param lost what can't be had of one that has ended, to end the sentence with
   */
  public SandboxRow requireRunning(String sandboxId, Duration patience, String lost)
      throws InterruptedException {
    awaitStart(sandboxId, patience);
    SandboxRow row = require(sandboxId);
    if (row.end().isPresent()) {
      throw ended(row, lost);
    }
    return row;
  }

  /** What is answered about a sandbox that has ended. */
  public static AtollException ended(SandboxRow row, String lost) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION, "sandbox %s has ended: %s".formatted(row.sandboxId(), lost));
  }

  /** Where the time of a sandbox's start went, as JSON; empty unless this server started it. */
  public Optional<String> startBreakdown(String sandboxId) {
    return lifecycle.live(sandboxId).flatMap(LiveSandbox::breakdown);
  }

  /** How a sandbox's ports are reached; empty unless it runs. */
  public List<TunnelData> tunnels(String sandboxId) {
    return lifecycle.live(sandboxId).map(LiveSandbox::tunnels).orElse(List.of());
  }

  /**
   * How a sandbox's ports are reached; waits until its task runs, and is empty when it doesn't
   * within the time. NOT_FOUND for an unknown sandbox, FAILED_PRECONDITION for one that has ended.
   */
  public Optional<List<TunnelData>> awaitTunnels(String sandboxId, Duration patience)
      throws InterruptedException {
    checkSeen(sandboxId);
    Optional<LiveSandbox> live = lifecycle.live(sandboxId);
    boolean runs =
        live.isPresent()
            ? await(live.get().started(), patience).orElse(false)
            : require(sandboxId).end().isEmpty();
    if (runs && live.isPresent()) {
      return Optional.of(live.get().tunnels());
    }
    if (require(sandboxId).end().isPresent()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "sandbox %s has ended: its ports can't be reached any more".formatted(sandboxId));
    }
    return Optional.empty();
  }

  /** How a sandbox ended; empty when it hasn't within the time. NOT_FOUND for an unknown one. */
  public Optional<TaskEnded> awaitEnd(String sandboxId, Duration patience)
      throws InterruptedException {
    checkSeen(sandboxId);
    Optional<LiveSandbox> live = lifecycle.live(sandboxId);
    return live.isPresent() ? await(live.get().ended(), patience) : require(sandboxId).end();
  }

  /** Ends a sandbox; one that has ended stays as it is. Answers the end that it had before. */
  public Optional<TaskEnded> terminate(String sandboxId) {
    checkSeen(sandboxId);
    Optional<LiveSandbox> live = lifecycle.live(sandboxId);
    if (live.isEmpty()) {
      return require(sandboxId).end();
    }
    lifecycle.end(live.get(), "client");
    return Optional.empty();
  }

  /** The app's running sandbox of that name; NOT_FOUND when there is none. */
  public SandboxRow byName(String environment, String app, String name, boolean includeTerminated) {
    return database.read(
        handle -> {
          String appId = Apps.requireByName(handle, environment, app).appId();
          Optional<SandboxRow> found = SandboxTable.liveByName(handle, appId, name);
          if (found.isEmpty() && includeTerminated) {
            found = SandboxTable.lastEndedByName(handle, appId, name);
          }
          return found.orElseThrow(
              () ->
                  AtollException.notFound(
                      "there is no running sandbox named '%s' in app '%s'",
                      Names.shortened(name), Names.shortened(app)));
        });
  }

  /** A sandbox with its tags and its app. */
  public record Listed(SandboxRow row, Map<String, String> tags, String app) {}

  /**
   * A page of sandboxes, the newest first.
   *
   * @param environment the environment's name; without one: all that the caller sees
   */
  public List<Listed> list(
      Optional<String> environment,
      Optional<String> appId,
      Optional<Double> before,
      boolean includeEnded,
      List<SandboxTag> tags) {
    Map<String, String> wanted = new LinkedHashMap<>();
    tags.forEach(tag -> wanted.put(tag.getTagName(), tag.getTagValue()));
    return database.read(
        handle -> {
          Optional<String> environmentId =
              environment
                  .map(name -> Environments.require(handle, name).environmentId())
                  .or(() -> Caller.current().environmentId());
          appId.ifPresent(id -> Apps.require(handle, id));
          SandboxTable.Filter filter =
              new SandboxTable.Filter(
                  environmentId, appId, before.map(Clock::micros), includeEnded, wanted);
          return SandboxTable.list(handle, filter).stream()
              .map(row -> listed(handle, row))
              .toList();
        });
  }

  /** A sandbox with its tags and its app; NOT_FOUND when there is none. */
  public Listed inspect(String sandboxId) {
    SandboxRow row = require(sandboxId);
    return database.read(handle -> listed(handle, row));
  }

  /** Replaces a sandbox's tags. */
  public void setTags(String sandboxId, List<SandboxTag> tags) {
    Map<String, String> checked =
        TextRules.tags(
            tags.stream().map(tag -> Map.entry(tag.getTagName(), tag.getTagValue())).toList());
    database.write(
        handle -> {
          SandboxRow row =
              SandboxTable.byId(handle, sandboxId)
                  .filter(found -> Apps.isSeen(handle, found.appId()))
                  .orElseThrow(() -> missing(sandboxId));
          SandboxTagTable.replace(handle, row.sandboxId(), checked);
          return true;
        });
  }

  /** A sandbox's stdin, while it has not ended. */
  StdinCursor stdin(String sandboxId) {
    checkSeen(sandboxId);
    return lifecycle
        .live(sandboxId)
        .map(LiveSandbox::stdin)
        .orElseThrow(
            () -> {
              require(sandboxId);
              return new AtollException(
                  ErrorCode.FAILED_PRECONDITION,
                  "sandbox %s has ended and reads no input any more".formatted(sandboxId));
            });
  }

  /** Has the worker forget the output of sandboxes that ended long ago. */
  public void forgetOldOutput() {
    long before = Clock.now() - policy.outputRetention().toNanos() / 1000;
    for (String taskId : database.read(handle -> SandboxTable.outputKeptSince(handle, before))) {
      worker.forgetTask(taskId);
      database.write(
          handle -> {
            SandboxTable.outputForgotten(handle, taskId);
            return true;
          });
    }
  }

  /** Forgets sandboxes that ended very long ago. */
  public void forgetOldEnds() {
    long before = Clock.now() - policy.endedRetention().toNanos() / 1000;
    int forgotten;
    do {
      forgotten =
          database.write(
              handle -> SandboxTable.deleteEndedBefore(handle, before, FORGOTTEN_AT_ONCE));
    } while (forgotten == FORGOTTEN_AT_ONCE);
  }

  /**
   * Takes no new sandboxes and ends every one.
   *
   * @param terminatedBy who wanted it, as their ends say
   * @return completes when all have ended
   */
  public CompletableFuture<Void> endAll(String terminatedBy) {
    return lifecycle.endAll(terminatedBy);
  }

  /** How many have not ended. */
  public int count() {
    return lifecycle.count();
  }

  /**
   * Takes no new sandboxes and leaves those that run to the next server. Calls that wait for one of
   * them end with UNAVAILABLE.
   *
   * @return how many are left
   */
  public int handOver() {
    return lifecycle.handOver();
  }

  @Override
  public void close() {
    lifecycle.close();
  }

  private static Listed listed(Handle handle, SandboxRow row) {
    return new Listed(
        row,
        SandboxTagTable.tags(handle, row.sandboxId()),
        Apps.require(handle, row.appId()).name());
  }

  private static <T> Optional<T> await(CompletableFuture<T> future, Duration patience)
      throws InterruptedException {
    try {
      return Optional.of(future.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException late) {
      return Optional.empty();
    } catch (ExecutionException abandoned) {
      throw abandoned.getCause() instanceof AtollException reason
          ? reason
          : new IllegalStateException(abandoned);
    }
  }

  private static AtollException missing(String sandboxId) {
    return AtollException.notFound("Sandbox '%s' not found", Names.shortened(sandboxId));
  }
}
