/**
 * The system calls that user processes of the kernel-namespace tier may make.
 *
 * <p>{@link dev.atoll.cells.seccomp.SeccompFilter} compiles the list of allowed calls (a resource
 * of this package) through libseccomp, once for each server start, to the program that the guest
 * agent installs in every user process.
 */
@NullMarked
package dev.atoll.cells.seccomp;

import org.jspecify.annotations.NullMarked;
