package dev.atoll.server;

import dev.atoll.control.images.Snapshots;
import dev.atoll.worker.Snapshot;
import dev.atoll.worker.SnapshotImages;
import java.util.Optional;

/**
 * Where a worker in the same process has the images of its snapshots recorded.
 *
 * @param records the control plane's
 */
record SnapshotRecords(Snapshots records) implements SnapshotImages {
  @Override
  public Optional<String> find(Snapshot snapshot) {
    return records.find(snapshot.taskId(), snapshot.snapshotId());
  }

  @Override
  public String add(Snapshot snapshot, String digest) {
    return records.add(snapshot.taskId(), snapshot.snapshotId(), digest, snapshot.life());
  }
}
