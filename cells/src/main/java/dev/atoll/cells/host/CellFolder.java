package dev.atoll.cells.host;

import dev.atoll.linux.Errno;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cell's folder in the mount base. It is removed name by name and never recursively: what a
 * caller has mounted in the dock must not be walked into.
 */
final class CellFolder {
  private static final List<String> PARTS = List.of("dock", "agent", "bundle");

  private final Path path;
  private final String entryBeginning;
  private final AtomicInteger nextEntry = new AtomicInteger(1);

  private CellFolder(Path path, String entryBeginning) {
    this.path = path;
    this.entryBeginning = entryBeginning;
  }

  /** A folder that need not be there yet. */
  static CellFolder of(Path path) {
    return new CellFolder(path, "");
  }

  /**
   * The folder of a cell that is taken back.
   *
   * @param generation how often it was: no name of an entry may come twice
   */
  static CellFolder of(Path path, int generation) {
    return new CellFolder(path, generation + "-");
  }

  /** Makes it; when that fails half of it may be there. */
  void create(IdMapping mapping) throws IOException {
    Files.createDirectory(path);
    for (String part : PARTS) {
      Path created = Files.createDirectory(path.resolve(part));
      Files.setPosixFilePermissions(created, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    own(path.resolve("agent"), mapping);
  }

  Path path() {
    return path;
  }

  Path dock() {
    return path.resolve("dock");
  }

  /** Listens on the socket that the agent dials, instead of a host that died. */
  ServerSocketChannel listen(IdMapping mapping) throws IOException {
    Path socket = path.resolve("agent/agent.sock");
    Files.deleteIfExists(socket);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
      own(socket, mapping);
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  Path dockEntry() throws IOException {
    return Files.createDirectory(dock().resolve(entryBeginning + nextEntry.getAndIncrement()));
  }

  /** Unmounts what is mounted in the dock, and removes the folder. */
  void remove() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    CellRecord.remove(path);
    unmountDock();
    for (String part : PARTS) {
      empty(path.resolve(part));
    }
    empty(path);
    Files.deleteIfExists(path);
  }

  /** Most entries hold one mount each; whatever else there is, the kernel's table names. */
  private void unmountDock() throws IOException {
    boolean certain = true;
    for (Path entry : children(dock())) {
      try {
        Mounts.unmountLazily(entry);
      } catch (LinuxException e) {
        if (e.errno() != Errno.EINVAL) {
          throw e;
        }
      }
      try {
        Files.delete(entry);
      } catch (FileSystemException e) {
        certain = false;
      }
    }
    if (!certain) {
      for (MountInfo mount : MountInfo.atOrBelow(path)) {
        Mounts.unmountLazily(mount.mountPoint());
      }
    }
  }

  private static void empty(Path folder) throws IOException {
    for (Path child : children(folder)) {
      try {
        Files.deleteIfExists(child);
      } catch (DirectoryNotEmptyException e) {
        throw new IOException(child + " holds files that nobody of Atoll put there", e);
      }
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var children = Files.list(folder)) {
      return children.toList();
    }
  }

  private static void own(Path file, IdMapping mapping) throws IOException {
    Files.setAttribute(file, "unix:uid", mapping.hostBase());
    Files.setAttribute(file, "unix:gid", mapping.hostBase());
  }
}
