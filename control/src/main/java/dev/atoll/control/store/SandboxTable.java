package dev.atoll.control.store;

import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.TaskEnded;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** The table {@code sandbox}. */
public final class SandboxTable {
  private static final RowMapper<SandboxRow> ROW = (result, context) -> row(result);
  private static final int PAGE = 100;

  private SandboxTable() {}

  /** How far a sandbox is. */
  public enum State {
    /** Its task is being started. */
    STARTING,
    /** Its task runs. */
    RUNNING,
    /** Its task has ended, or never started. */
    ENDED;

    /** The word in the store and in answers. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which sandboxes a listing shows. */
  public record Filter(
      Optional<String> environmentId,
      Optional<String> appId,
      Optional<Long> before,
      boolean includeEnded,
      Map<String, String> tags) {
    public Filter {
      tags = Map.copyOf(tags);
    }
  }

  /** The sandbox of that id. */
  public static Optional<SandboxRow> byId(Handle handle, String sandboxId) {
    return handle
        .createQuery("SELECT * FROM sandbox WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .map(ROW)
        .findOne();
  }

  /** The sandbox whose task has that id. */
  public static Optional<SandboxRow> byTask(Handle handle, String taskId) {
    return handle
        .createQuery("SELECT * FROM sandbox WHERE task_id = :id")
        .bind("id", taskId)
        .map(ROW)
        .findOne();
  }

  /** An app's sandbox of that name that has not ended. */
  public static Optional<SandboxRow> liveByName(Handle handle, String appId, String name) {
    return handle
        .createQuery(
            "SELECT * FROM sandbox WHERE app_id = :app AND name = :name AND state <> 'ended'")
        .bind("app", appId)
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** The last of an app's sandboxes of that name that have ended. */
  public static Optional<SandboxRow> lastEndedByName(Handle handle, String appId, String name) {
    return handle
        .createQuery(
            "SELECT * FROM sandbox WHERE app_id = :app AND name = :name AND state = 'ended'"
                + " ORDER BY created_at DESC LIMIT 1")
        .bind("app", appId)
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** Every sandbox that has not ended. */
  public static List<SandboxRow> live(Handle handle) {
    return handle
        .createQuery("SELECT * FROM sandbox WHERE state <> 'ended' ORDER BY created_at")
        .map(ROW)
        .list();
  }

  /** Whether a sandbox that has not ended runs on an image. */
  public static boolean imageInUse(Handle handle, String imageId) {
    return handle
            .createQuery("SELECT COUNT(*) FROM sandbox WHERE image_id = :id AND state <> 'ended'")
            .bind("id", imageId)
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /** The environment of the sandbox that has that task. */
  public static Optional<String> environmentOfTask(Handle handle, String taskId) {
    return handle
        .createQuery(
            "SELECT a.environment_id FROM sandbox s JOIN app a ON a.app_id = s.app_id"
                + " WHERE s.task_id = :id")
        .bind("id", taskId)
        .mapTo(String.class)
        .findOne();
  }

  /** The latest time of creation, 0 when there is no sandbox. */
  public static long lastCreatedAt(Handle handle) {
    return handle
        .createQuery("SELECT COALESCE(MAX(created_at), 0) FROM sandbox")
        .mapTo(Long.class)
        .one();
  }

  /** A page of sandboxes, the newest first. */
  public static List<SandboxRow> list(Handle handle, Filter filter) {
    StringBuilder sql = new StringBuilder("SELECT s.* FROM sandbox s");
    sql.append(" JOIN app a ON a.app_id = s.app_id WHERE 1 = 1");
    filter.environmentId().ifPresent(id -> sql.append(" AND a.environment_id = :environment"));
    filter.appId().ifPresent(id -> sql.append(" AND s.app_id = :app"));
    filter.before().ifPresent(time -> sql.append(" AND s.created_at < :before"));
    if (!filter.includeEnded()) {
      sql.append(" AND s.state <> 'ended'");
    }
    for (int i = 0; i < filter.tags().size(); i++) {
      sql.append(
          " AND EXISTS (SELECT 1 FROM sandbox_tag t WHERE t.sandbox_id = s.sandbox_id"
              + " AND t.tag_name = :name%d AND t.tag_value = :value%d)".formatted(i, i));
    }
    sql.append(" ORDER BY s.created_at DESC LIMIT ").append(PAGE);
    Query query = handle.createQuery(sql.toString());
    filter.environmentId().ifPresent(id -> query.bind("environment", id));
    filter.appId().ifPresent(id -> query.bind("app", id));
    filter.before().ifPresent(time -> query.bind("before", time));
    int index = 0;
    for (Map.Entry<String, String> tag : filter.tags().entrySet()) {
      query.bind("name" + index, tag.getKey()).bind("value" + index, tag.getValue());
      index++;
    }
    return query.map(ROW).list();
  }

  /** Adds a sandbox that is being started. */
  public static void insert(Handle handle, SandboxRow row) {
    handle
        .createUpdate(
            "INSERT INTO sandbox (sandbox_id, task_id, app_id, name, image_id, digest, spec,"
                + " state, created_at, output_kept) VALUES (:id, :task, :app, :name, :image,"
                + " :digest, :spec, 'starting', :createdAt, TRUE)")
        .bind("id", row.sandboxId())
        .bind("task", row.taskId())
        .bind("app", row.appId())
        .bind("name", row.name())
        .bind("image", row.imageId())
        .bind("digest", row.digest())
        .bind("spec", row.spec())
        .bind("createdAt", row.createdAt())
        .execute();
  }

  /** Notes that a sandbox's task runs, unless it has ended meanwhile. */
  public static void running(Handle handle, String sandboxId, SandboxRow.Start start) {
    handle
        .createUpdate(
            "UPDATE sandbox SET state = 'running', started_at = :at, tier = :tier,"
                + " runtime = :runtime, start_breakdown = :breakdown"
                + " WHERE sandbox_id = :id AND state = 'starting'")
        .bind("at", start.startedAt())
        .bind("tier", start.tier())
        .bind("runtime", start.runtime())
        .bind("breakdown", start.breakdown())
        .bind("id", sandboxId)
        .execute();
  }

  /** Notes the end of a sandbox's task. The first end counts. */
  public static void ended(Handle handle, TaskEnded end) {
    handle
        .createUpdate(
            "UPDATE sandbox SET state = 'ended', ended_at = :at, end_cause = :cause,"
                + " exit_code = :exitCode, signal = :signal, terminated_by = :terminatedBy,"
                + " end_message = :message, peak_memory_bytes = :memory, cpu_micros = :cpu"
                + " WHERE task_id = :task AND state <> 'ended'")
        .bind("at", Clock.micros(end.getEndedAt()))
        .bind("cause", end.getCause().name())
        .bind("exitCode", end.getExitCode())
        .bind("signal", end.getSignal())
        .bind("terminatedBy", end.getTerminatedBy())
        .bind("message", StoredText.of(end.getMessage()))
        .bind("memory", end.getPeakMemoryBytes())
        .bind("cpu", end.getCpuMicros())
        .bind("task", end.getTaskId())
        .execute();
  }

  /** The tasks of an environment whose output the worker may still hold. */
  public static List<String> outputKeptOf(Handle handle, String environmentId) {
    return handle
        .createQuery(
            "SELECT task_id FROM sandbox JOIN app ON app.app_id = sandbox.app_id"
                + " WHERE app.environment_id = :environment AND sandbox.output_kept")
        .bind("environment", environmentId)
        .mapTo(String.class)
        .list();
  }

  /** Tasks that ended before a time and whose output the worker may still hold. */
  public static List<String> outputKeptSince(Handle handle, long endedBefore) {
    return handle
        .createQuery(
            "SELECT task_id FROM sandbox WHERE state = 'ended' AND output_kept"
                + " AND ended_at < :before")
        .bind("before", endedBefore)
        .mapTo(String.class)
        .list();
  }

  /** Notes that the worker no longer holds a task's output. */
  public static void outputForgotten(Handle handle, String taskId) {
    handle
        .createUpdate("UPDATE sandbox SET output_kept = FALSE WHERE task_id = :task")
        .bind("task", taskId)
        .execute();
  }

  /**
   * Forgets sandboxes that ended before a time and whose output is no longer held, with their tags.
   *
   * @param most how many at once
   * @return how many
   */
  public static int deleteEndedBefore(Handle handle, long endedBefore, int most) {
    return handle
        .createUpdate(
            "DELETE FROM sandbox WHERE sandbox_id IN (SELECT sandbox_id FROM sandbox"
                + " WHERE state = 'ended' AND NOT output_kept AND ended_at < :before LIMIT :most)")
        .bind("before", endedBefore)
        .bind("most", most)
        .execute();
  }

  private static SandboxRow row(ResultSet result) throws SQLException {
    String taskId = result.getString("task_id");
    return new SandboxRow(
        result.getString("sandbox_id"),
        taskId,
        result.getString("app_id"),
        Optional.ofNullable(result.getString("name")),
        result.getString("image_id"),
        result.getString("digest"),
        result.getString("spec"),
        State.valueOf(result.getString("state").toUpperCase(Locale.ROOT)),
        result.getLong("created_at"),
        start(result),
        end(result, taskId));
  }

  private static Optional<SandboxRow.Start> start(ResultSet result) throws SQLException {
    long startedAt = result.getLong("started_at");
    if (result.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new SandboxRow.Start(
            startedAt,
            result.getString("tier"),
            result.getString("runtime"),
            result.getString("start_breakdown")));
  }

  private static Optional<TaskEnded> end(ResultSet result, String taskId) throws SQLException {
    String cause = result.getString("end_cause");
    if (cause == null) {
      return Optional.empty();
    }
    return Optional.of(
        TaskEnded.newBuilder()
            .setTaskId(taskId)
            .setCause(EndCause.valueOf(cause))
            .setExitCode(result.getInt("exit_code"))
            .setSignal(result.getInt("signal"))
            .setTerminatedBy(result.getString("terminated_by"))
            .setMessage(result.getString("end_message"))
            .setPeakMemoryBytes(result.getLong("peak_memory_bytes"))
            .setCpuMicros(result.getLong("cpu_micros"))
            .setEndedAt(Clock.seconds(result.getLong("ended_at")))
            .build());
  }
}
