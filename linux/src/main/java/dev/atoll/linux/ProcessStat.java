package dev.atoll.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the kernel says of a process (proc_pid_stat(5)).
 *
 * @param state one letter, {@code Z} for a process that has ended and was not waited for
 * @param parent its parent's number
 * @param session its session's number (setsid(2))
 */
public record ProcessStat(char state, int parent, int session) {
  /** Reads it; empty when there is no process of this number. */
  public static Optional<ProcessStat> read(int pid) {
    return read(Path.of("/proc", Integer.toString(pid)));
  }

  /**
   * Whether each thread of a process is stopped by a signal; true when there is no such process.
   */
  public static boolean isStopped(int pid) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Integer.toString(pid), "task"))) {
      return threads.flatMap(thread -> read(thread).stream()).allMatch(one -> one.state() == 'T');
    } catch (NoSuchFileException ended) {
      return true;
    }
  }

  private static Optional<ProcessStat> read(Path folder) {
    try {
      String stat = Files.readString(folder.resolve("stat"));
      // The name, in parentheses, may itself hold parentheses and blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
      return Optional.of(
          new ProcessStat(
              fields[0].charAt(0), Integer.parseInt(fields[1]), Integer.parseInt(fields[3])));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The sessions of processes, less the one that this process is in. */
  public static Set<Integer> foreignSessions(Collection<Integer> pids) {
    int own = read((int) ProcessHandle.current().pid()).map(ProcessStat::session).orElse(0);
    return pids.stream()
        .flatMap(pid -> read(pid).stream())
        .map(ProcessStat::session)
        .filter(session -> session != own)
        .collect(Collectors.toSet());
  }
}
