/**
 * Snapshots of tasks.
 *
 * <p>{@link dev.atoll.worker.snapshot.Snapshots} makes one at a time of each task, on platform
 * threads of its own: the running task's cell is synced and stands still while its upper folder, or
 * the folder that was asked for, is copied, then goes on while the copy becomes an image, to which
 * the control plane gives an id. {@link dev.atoll.worker.snapshot.SnapshotRules} says what a client
 * may ask for.
 */
@NullMarked
package dev.atoll.worker.snapshot;

import org.jspecify.annotations.NullMarked;
