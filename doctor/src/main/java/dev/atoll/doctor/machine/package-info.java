/**
 * What a machine needs to run sandboxes, and what makes it safer.
 *
 * <p>{@link dev.atoll.doctor.machine.MachineCheck} asks each group of checks for its {@link
 * dev.atoll.doctor.machine.MachineFinding}s. Nothing is changed, and no server has to run.
 */
@NullMarked
package dev.atoll.doctor.machine;

import org.jspecify.annotations.NullMarked;
