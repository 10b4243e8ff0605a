package dev.atoll.server;

import dev.atoll.control.images.TaskImages;
import dev.atoll.worker.Snapshot;
import dev.atoll.worker.Snapshot.Life;
import dev.atoll.worker.TaskAccess;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a worker in the same process has the images of its tasks recorded.
 *
 * @param records the control plane's
 */
record TaskImageRecords(TaskImages records) implements dev.atoll.worker.TaskImages {
  @Override
  public Optional<String> find(Snapshot snapshot) {
    return records.find(snapshot.taskId(), snapshot.snapshotId());
  }

  @Override
  public String add(Snapshot snapshot, String digest) {
    return switch (snapshot.life()) {
      case Life.Unlimited _ -> add(snapshot, digest, Optional.empty(), false);
      case Life.Fixed life -> add(snapshot, digest, Optional.of(life.duration()), false);
      case Life.SinceLastUse life -> add(snapshot, digest, Optional.of(life.duration()), true);
    };
  }

  private String add(Snapshot snapshot, String digest, Optional<Duration> life, boolean renewed) {
    return records.add(snapshot.taskId(), snapshot.snapshotId(), digest, life, renewed);
  }

  @Override
  public String use(TaskAccess access, String imageId) {
    return records.use(TaskTokenCheck.caller(access), imageId);
  }
}
