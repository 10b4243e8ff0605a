/**
 * The life of tasks.
 *
 * <p>{@link dev.atoll.worker.task.Tasks} knows every task of the worker. A {@link
 * dev.atoll.worker.task.Task} is a small state machine: it starts (by {@link
 * dev.atoll.worker.task.TaskStarter}), runs as a {@link dev.atoll.worker.task.RunningTask}, and
 * ends once, with the first {@link dev.atoll.worker.task.EndReason} that is given; only when
 * everything of it is released does it count as ended and appear in the {@link
 * dev.atoll.worker.task.EndedFeed}.
 */
@NullMarked
package dev.atoll.worker.task;

import org.jspecify.annotations.NullMarked;
