/**
 * Isolation on this host. A <em>cell</em> is a blank, booted, isolated container that knows no
 * image: gVisor or runc with only the guest agent inside, a network namespace, a cgroup and a
 * <em>dock</em>, a host folder whose mounts propagate into the cell.
 *
 * <p>{@link dev.atoll.cells.CellHost} prepares the host once and boots cells; a {@link
 * dev.atoll.cells.Cell} is claimed once with a root file system that the caller has mounted in its
 * dock, runs {@linkplain dev.atoll.cells.Exec execs}, and is destroyed. The package knows no gRPC,
 * no images and no store.
 */
@NullMarked
package dev.atoll.cells;

import org.jspecify.annotations.NullMarked;
