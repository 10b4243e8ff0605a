/**
 * One process in a cell: its input and its output.
 *
 * <p>{@link dev.atoll.worker.process.TaskProcess} hears what the guest agent says about an exec: it
 * keeps the output in two spools and acknowledges what is kept, and completes when the process has
 * ended. {@link dev.atoll.worker.process.Stdin} takes input by offset, so that a repeated write
 * does no harm.
 */
@NullMarked
package dev.atoll.worker.process;

import org.jspecify.annotations.NullMarked;
