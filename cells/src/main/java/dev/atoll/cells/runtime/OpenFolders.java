package dev.atoll.cells.runtime;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.Errno;
import dev.atoll.linux.LinuxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What processes of the host have open, by proc_pid_fd(5). */
final class OpenFolders {
  private OpenFolders() {}

  /**
   * The paths of open files and folders below a mount point, relative to it but with a leading
   * slash, raw and without repeats.
   *
   * @param mountPoint how the path ends under which the processes see it
   */
  static List<String> below(List<Integer> processes, String mountPoint) throws LinuxException {
    Set<String> found = new TreeSet<>();
    for (int process : processes) {
      try (DirectoryDescriptor descriptors =
          DirectoryDescriptor.open(Path.of("/proc/" + process + "/fd"))) {
        for (String descriptor : descriptors.names()) {
          target(descriptors, descriptor)
              .flatMap(path -> below(path, mountPoint))
              .ifPresent(found::add);
        }
      }
    }
    return List.copyOf(found);
  }

  private static Optional<String> target(DirectoryDescriptor descriptors, String descriptor)
      throws LinuxException {
    try {
      return Optional.of(descriptors.readSymlink(descriptor));
    } catch (LinuxException closed) {
      if (closed.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw closed;
    }
  }

  private static Optional<String> below(String path, String mountPoint) {
    int start = path.indexOf(mountPoint);
    if (start < 0) {
      return Optional.empty();
    }
    String below = path.substring(start + mountPoint.length());
    if (below.isEmpty()) {
      return Optional.of("/");
    }
    return below.startsWith("/") ? Optional.of(below) : Optional.empty();
  }
}
