package dev.atoll.control.images;

import dev.atoll.control.auth.Caller;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.IdempotencyTable;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.ImageTable;
import dev.atoll.control.store.SandboxTable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/** The images that workers make of running tasks and mount in them. Thread-safe. */
public final class TaskImages {
  private static final String METHOD = "Snapshot";

  private final Database database;

  /** Creates it. */
  public TaskImages(Database database) {
    this.database = database;
  }

  /** The image that a task's snapshot of that id was given, if it still exists. */
  public Optional<String> find(String taskId, String snapshotId) {
    return database.read(handle -> find(handle, key(taskId, snapshotId)));
  }

  /**
   * Gives a worker's new image an id, by which it is an image of the task's environment as any
   * other.
   *
   * @param digest one that no image has
   * @param life after it the image is gone; absent: it lasts until it is removed
   * @param renewed whether that time begins anew whenever the image is used
   */
  public String add(
      String taskId, String snapshotId, String digest, Optional<Duration> life, boolean renewed) {
    return database.write(
        handle -> {
          long now = Clock.now();
          String imageId = Ids.mint("im");
          ImageTable.insert(
              handle,
              new ImageTable.Row(
                  imageId,
                  Optional.empty(),
                  Optional.of(digest),
                  ImageTable.State.READY,
                  Optional.empty(),
                  SandboxTable.environmentOfTask(handle, taskId),
                  now));
          life.map(duration -> TimeUnit.SECONDS.toMicros(duration.toSeconds()))
              .ifPresent(
                  micros -> {
                    ImageTable.expire(handle, imageId, now + micros);
                    if (renewed) {
                      ImageTable.renewFor(handle, imageId, micros);
                    }
                  });
          IdempotencyTable.insert(handle, key(taskId, snapshotId), METHOD, imageId, now);
          return imageId;
        });
  }

  /**
   * The worker's name of an image that is about to be mounted; see {@link Images#requireReady}.
   *
   * @param caller who wants it
   */
  public String use(Caller caller, String imageId) {
    return caller.run(
        () -> database.write(handle -> Images.use(handle, imageId).digest().orElseThrow()));
  }

  private static Optional<String> find(Handle handle, String key) {
    return IdempotencyTable.find(handle, key, METHOD)
        .flatMap(id -> ImageTable.byId(handle, id))
        .map(ImageTable.Row::imageId);
  }

  private static String key(String taskId, String snapshotId) {
    return taskId + "/" + snapshotId;
  }
}
