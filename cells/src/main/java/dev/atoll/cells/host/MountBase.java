package dev.atoll.cells.host;

import dev.atoll.guest.GuestPrograms;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The instance's small file system in memory: the root that blank cells share, the cells' folders,
 * and the runtime's state. It is a shared mount, so that what is mounted in a dock appears in its
 * cell. Its path is short, because it holds unix sockets.
 *
 * @param path where it is mounted
 */
record MountBase(Path path) {
  private static final Path SHARED = Path.of("/run/atoll");
  private static final long BYTES = 256L << 20;
  private static final String AGENT = "bin/agent";
  private static final String FILESYSTEM_TOOL = "tools/.bin/modal-sandbox-fs-tools";
  private static final List<String> ROOT_FOLDERS =
      List.of("bin", "dock", "agent", "p", "proc", "dev", "sys", "tmp", "tools", "tools/.bin");

  /** Where an instance's base belongs. */
  static MountBase of(String instanceId) {
    return new MountBase(SHARED.resolve(instanceId));
  }

  /** A folder that every instance of the host uses. */
  static Path shared() throws IOException {
    Files.createDirectories(SHARED);
    Files.setPosixFilePermissions(SHARED, PosixFilePermissions.fromString("rwx--x--x"));
    return SHARED;
  }

  /** Mounts it and fills in the blank cells' root. Others than the cells' root may not enter. */
  void create(IdMapping mapping) throws IOException {
    shared();
    Files.createDirectories(path);
    Mounts.tmpfs("atoll", path, BYTES, "0710");
    Mounts.makeShared(path);
    Files.setAttribute(path, "unix:gid", mapping.hostBase());
    for (Path folder : List.of(root(), cells(), runtimeState())) {
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    for (String name : ROOT_FOLDERS) {
      Path folder = Files.createDirectory(root().resolve(name));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    writePrograms();
  }

  /**
   * Goes on with what a predecessor has left, for its cells. Those keep the programs that they were
   * booted with; blank ones get this build's.
   */
  void takeOver() throws IOException {
    for (String program : List.of(AGENT, FILESYSTEM_TOOL)) {
      // A program that runs can't be written to.
      Files.deleteIfExists(root().resolve(program));
    }
    writePrograms();
  }

  private void writePrograms() throws IOException {
    GuestPrograms.AGENT.writeTo(root().resolve(AGENT));
    GuestPrograms.FILESYSTEM_TOOL.writeTo(root().resolve(FILESYSTEM_TOOL));
  }

  /** The folders of the cells that there are. */
  List<Path> cellFolders() throws IOException {
    try (var folders = Files.list(cells())) {
      return folders.toList();
    }
  }

  /** Unmounts it and everything below it, and removes its mount point. */
  void remove() throws IOException {
    for (MountInfo mount : MountInfo.atOrBelow(path)) {
      Mounts.unmountLazily(mount.mountPoint());
    }
    Files.deleteIfExists(path);
  }

  /** Locked by the process whose it is. */
  Path lock() {
    return path.resolve("cells.lock");
  }

  Path root() {
    return path.resolve("root");
  }

  Path cells() {
    return path.resolve("cells");
  }

  Path runtimeState() {
    return path.resolve("runtime");
  }
}
