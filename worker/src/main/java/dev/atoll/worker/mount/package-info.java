/**
 * Images that are mounted in running tasks.
 *
 * <p>{@link dev.atoll.worker.mount.TaskMounts} has those of one task: each is an overlay of its
 * own, mounted in the cell's dock and bound by the guest agent to the path that was asked for,
 * which is resolved inside. {@link dev.atoll.worker.mount.FolderPaths} says which paths may be
 * asked for, {@link dev.atoll.worker.mount.FolderFailure} what a user is told when it can't be
 * done.
 */
@NullMarked
package dev.atoll.worker.mount;

import org.jspecify.annotations.NullMarked;
