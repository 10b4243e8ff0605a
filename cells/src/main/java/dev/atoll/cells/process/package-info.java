/**
 * Programs of the host that cells need, run as child processes with a time limit, and the killing
 * of whole control groups.
 */
@NullMarked
package dev.atoll.cells.process;

import org.jspecify.annotations.NullMarked;
