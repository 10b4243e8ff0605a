/**
 * What is kept of tasks so that they outlive this worker: a folder for each, with small files that
 * are replaced in one step or only appended to. They survive the death of every process, and need
 * not survive that of the host, because the tasks don't: nothing waits for the disk.
 *
 * <p>A task has a {@code TaskRecord} from just before its main process starts, and a {@code
 * TaskEnded} instead of it from the moment its end is decided until the control plane has it
 * forgotten. A process has a file of its own from just before it starts until its output is
 * dropped.
 */
@NullMarked
package dev.atoll.worker.record;

import org.jspecify.annotations.NullMarked;
