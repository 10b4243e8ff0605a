package dev.atoll.worker;

import java.util.Optional;

/** Where snapshots' images get their ids: the control plane keeps them. Thread-safe; may block. */
public interface SnapshotImages {
  /** The id of the image that was made before for this task and snapshot id, if it still exists. */
  Optional<String> find(Snapshot snapshot);

  /**
   * Gives a new image an id. Nobody else knows the digest yet, and whoever has the id can use the
   * image from then on.
   *
   * @param digest the worker's name of it
   */
  String add(Snapshot snapshot, String digest);
}
