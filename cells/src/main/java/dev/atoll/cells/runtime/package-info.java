/**
 * How each tier boots a blank cell: the OCI configuration and one shell script for each boot.
 *
 * <p>A {@link dev.atoll.cells.runtime.CellRuntime} turns a {@link dev.atoll.cells.runtime.BootPlan}
 * into both. The script creates the container, puts the network link into it, and starts it: one
 * process of ours for each boot, whose children never outlive a control group that is known.
 */
@NullMarked
package dev.atoll.cells.runtime;

import org.jspecify.annotations.NullMarked;
