/**
 * A cell with a root file system: what a task and a build step run in.
 *
 * <p>{@link dev.atoll.worker.cell.CellPool} keeps blank cells ready; {@link
 * dev.atoll.worker.cell.CellClaimer} takes one and prepares the root file system side by side,
 * joins them and gives a {@link dev.atoll.worker.cell.ClaimedCell}; {@link
 * dev.atoll.worker.cell.ProcessEnvironment} makes the complete environment of its processes, and
 * {@link dev.atoll.worker.cell.StartFailure} says whose fault it is when one can't be started.
 */
@NullMarked
package dev.atoll.worker.cell;

import org.jspecify.annotations.NullMarked;
