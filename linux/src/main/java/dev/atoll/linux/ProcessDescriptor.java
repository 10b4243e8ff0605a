package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;

/**
 * A process, held by a descriptor (pidfd_open(2)): unlike a number it never comes to mean another
 * process. Thread-safe.
 */
public final class ProcessDescriptor implements AutoCloseable {
  /** signal(7). */
  public static final int SIGKILL = 9;

  /** signal(7). */
  public static final int SIGTERM = 15;

  /** signal(7). */
  public static final int SIGCONT = 18;

  /** signal(7). */
  public static final int SIGSTOP = 19;

  private static final int WNOHANG = 1;

  private final int pid;
  private final Descriptor file;

  private ProcessDescriptor(int pid, Descriptor file) {
    this.pid = pid;
    this.file = file;
  }

  /**
   * Takes hold of a process.
   *
   * @throws LinuxException with ESRCH when there is none of this number
   */
  public static ProcessDescriptor open(int pid) throws LinuxException {
    return new ProcessDescriptor(
        pid,
        Descriptor.own(
            SystemCall.call(SystemCallNumber.PIDFD_OPEN, Integer.toString(pid), pid, 0)));
  }

  /** The process's number. */
  public int pid() {
    return pid;
  }

  /**
   * Sends a signal (pidfd_send_signal(2)).
   *
   * @return false when the process has ended
   */
  public boolean signal(int signal) throws LinuxException {
    long result = SystemCall.raw(SystemCallNumber.PIDFD_SEND_SIGNAL, file.number(), signal, 0, 0);
    if (result < 0 && result != -Errno.ESRCH) {
      throw new LinuxException("pidfd_send_signal", Integer.toString(pid), (int) -result);
    }
    return result == 0;
  }

  /**
   * Takes the dead process off the process table when it is a child of this one (wait4(2)), without
   * blocking.
   *
   * @return the wait status; empty when it still runs or is not this process's child
   */
  public OptionalInt reap() {
    return reap(pid);
  }

  /** As {@link #reap()}, for a number. */
  static OptionalInt reap(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
      long result = SystemCall.raw(SystemCallNumber.WAIT4, pid, status.address(), WNOHANG, 0);
      return result == pid
          ? OptionalInt.of(status.get(ValueLayout.JAVA_INT, 0))
          : OptionalInt.empty();
    }
  }

  int descriptor() {
    return file.number();
  }

  /** Lets go of the process; it lives on. */
  @Override
  public void close() {
    file.close();
  }
}
