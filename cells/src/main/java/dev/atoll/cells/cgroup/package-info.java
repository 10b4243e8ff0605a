/**
 * Limits and accounting of cells (cgroups(7)), for both versions behind one interface.
 *
 * <p>{@link dev.atoll.cells.cgroup.ControlGroups} finds out what the host has and owns the
 * instance's parent group; every cell has one {@link dev.atoll.cells.cgroup.ControlGroup} below it.
 * Every process that an instance ever starts on the host is in one of its groups, so that a later
 * start finds the processes of a dead predecessor there, and nobody else's.
 */
@NullMarked
package dev.atoll.cells.cgroup;

import org.jspecify.annotations.NullMarked;
