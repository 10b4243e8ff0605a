package dev.atoll.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Dead children of this process that nobody has waited for: a subreaper inherits the orphans of its
 * descendants, also those that it never heard of (prctl(2), waitid(2)).
 */
public final class Zombies {
  private static final long P_ALL = 0;
  private static final long WNOHANG = 1;
  private static final long WEXITED = 4;
  private static final long WNOWAIT = 0x01000000;
  private static final long WALL = 0x40000000;
  private static final long SIGNAL_INFO_BYTES = 128;

  private Zombies() {}

  /**
   * Takes the dead children that belong to given sessions (setsid(2)) off the process table. Costs
   * microseconds when no child is dead. Children of {@link ProcessBuilder} belong to the JDK and
   * must not be in these sessions.
   */
  public static void reapSessions(Set<Integer> sessions) throws IOException {
    if (!exist()) {
      return;
    }
    // Orphans become children of the main thread, whose number is the process's.
    long self = ProcessHandle.current().pid();
    Path children = Path.of("/proc/self/task", Long.toString(self), "children");
    for (String number : Files.readString(children).strip().split(" ", -1)) {
      if (!number.isEmpty()) {
        int pid = Integer.parseInt(number);
        ProcessStat.read(pid)
            .filter(stat -> stat.state() == 'Z' && sessions.contains(stat.session()))
            .ifPresent(stat -> ProcessDescriptor.reap(pid));
      }
    }
  }

  private static boolean exist() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment information = arena.allocate(SIGNAL_INFO_BYTES, 8);
      long result =
          SystemCall.raw(
              SystemCallNumber.WAITID,
              P_ALL,
              0,
              information.address(),
              WEXITED | WNOHANG | WNOWAIT | WALL,
              0);
      return result == 0 && information.get(ValueLayout.JAVA_INT, 0) != 0;
    }
  }
}
