/**
 * System calls and kernel objects of Linux, through the JDK's foreign function interface.
 *
 * <p>{@link dev.atoll.linux.SystemCall} is the one place that binds native functions; each other
 * class covers one kernel concept and names the man page it follows. A failed call is a {@link
 * dev.atoll.linux.LinuxException} that carries the errno. Calls that can block for long must not
 * run on a virtual thread: a native call pins its carrier.
 */
@NullMarked
package dev.atoll.linux;

import org.jspecify.annotations.NullMarked;
