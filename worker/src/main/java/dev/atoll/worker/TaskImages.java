package dev.atoll.worker;

import java.util.Optional;

/**
 * What the control plane knows about images that tasks make and mount: their ids. Thread-safe; may
 * block.
 */
public interface TaskImages {
  /** The id of the image that was made before for this task and snapshot id, if it still exists. */
  Optional<String> find(Snapshot snapshot);

  /**
   * Gives a new image an id. Nobody else knows the digest yet, and whoever has the id can use the
   * image from then on.
   *
   * @param digest the worker's name of it
   */
  String add(Snapshot snapshot, String digest);

  /**
   * The worker's name of an image that somebody with that access is about to mount.
   *
   * @throws dev.atoll.errors.AtollException NOT_FOUND when no image has the id for that access,
   *     FAILED_PRECONDITION when it isn't ready
   */
  String use(TaskAccess access, String imageId);
}
