/**
 * This host's cells: the implementation behind {@link dev.atoll.cells.CellHost}.
 *
 * <p>{@link dev.atoll.cells.host.CellHosts} opens it. {@code HostCheck} says in words what a host
 * lacks; {@code MountBase} owns the small file system in which docks, sockets and the runtime's
 * state live; {@code Orphans} removes what a dead predecessor of the instance left; {@code
 * LocalCellHost} boots {@code LocalCell}s. A cell has one thread: it serves the agent, and when the
 * cell ends, for whatever cause came first, it waits until nothing runs inside and tells everybody.
 */
@NullMarked
package dev.atoll.cells.host;

import org.jspecify.annotations.NullMarked;
