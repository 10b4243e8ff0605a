package dev.atoll.cells.host;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellHost;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.Claim;
import dev.atoll.cells.Tier;
import dev.atoll.cells.process.Command;
import dev.atoll.linux.DirectoryMounter;
import dev.atoll.linux.IdMappedMounts;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.Mounts;
import dev.atoll.linux.Overlay;
import dev.atoll.linux.UserNamespaceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A host with a root file system of busybox, and claims of its cells. What a worker does with
 * layers and upper folders, it does with folders of its own below one temporary folder.
 */
final class TestHost implements AutoCloseable {
  static final String PATH = "PATH=/bin";

  private final Path folder;
  private final String instanceId;
  private final CellHost host;
  private final DirectoryMounter mounter;
  private int claims;

  private TestHost(Path folder, String instanceId, CellHost host, DirectoryMounter mounter) {
    this.folder = folder;
    this.instanceId = instanceId;
    this.host = host;
    this.mounter = mounter;
  }

  static TestHost open(Tier tier, Path folder) throws Exception {
    return open(tier, folder, new CellHostConfig.Network(List.of(), Optional.empty()));
  }

  static TestHost open(Tier tier, Path folder, CellHostConfig.Network network) throws Exception {
    return open(tier, folder, network, randomId());
  }

  static TestHost open(Tier tier, Path folder, CellHostConfig.Network network, String instanceId)
      throws Exception {
    Path state = Files.createDirectories(folder.resolve("state"));
    CellHost host = CellHosts.open(config(tier, state, instanceId, network), Set.of());
    try {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      makeRoot(folder.resolve("busybox"));
      mountLower(folder.resolve("busybox"), folder.resolve("lower"), host.idMapping());
      return new TestHost(folder, instanceId, host, DirectoryMounter.open(folder));
    } catch (Exception e) {
      host.close();
      throw e;
    }
  }

  static CellHostConfig config(
      Tier tier, Path state, String instanceId, CellHostConfig.Network network) {
    return new CellHostConfig(tier, runtime(tier), instanceId, state, network, 4096);
  }

  static String randomId() {
    StringBuilder id = new StringBuilder("t");
    while (id.length() < 8) {
      id.append(Integer.toString(ThreadLocalRandom.current().nextInt(36), 36));
    }
    return id.toString();
  }

  static Path runtime(Tier tier) {
    String name = tier == Tier.GVISOR ? "runsc" : "runc";
    String property = System.getProperty("atoll." + name, "");
    if (!property.isEmpty()) {
      return Path.of(property);
    }
    return Command.find(name)
        .orElseGet(
            () ->
                Path.of(
                    Optional.ofNullable(System.getenv("ATOLL_RUNSC"))
                        .orElseThrow(
                            () ->
                                new IllegalStateException(
                                    "no " + name + " in PATH, -Datoll.runsc or ATOLL_RUNSC"))));
  }

  CellHost host() {
    return host;
  }

  String instanceId() {
    return instanceId;
  }

  /** Mounts a small file system in a cell's dock, with a file in it. */
  Path mountTmpfs(Cell cell, String content) throws Exception {
    Path entry = cell.dockEntry();
    Mounts.tmpfs("data", entry, 1 << 20, "0755");
    Files.writeString(entry.resolve("file"), content);
    own(entry, host.idMapping());
    return entry;
  }

  /** The same, bound to a path inside. */
  Path mountFile(Cell cell, String target, String content) throws Exception {
    Path entry = mountTmpfs(cell, content);
    cell.mount(entry, target, false);
    return entry;
  }

  /** Boots a cell and claims it with a fresh root. */
  Cell claimed() throws Exception {
    return claimed(Optional.empty());
  }

  Cell claimed(Optional<Duration> lifetime) throws Exception {
    Cell cell = host.boot();
    claim(cell, lifetime);
    return cell;
  }

  void claim(Cell cell, Optional<Duration> lifetime) throws Exception {
    Path root = mountRoot(cell);
    cell.claim(
        new Claim(
            root,
            "test-host",
            List.of(
                new Claim.File("/etc/resolv.conf", "nameserver " + cell.nameServer() + "\n"),
                new Claim.File("/etc/absent", "skipped")),
            List.of(),
            lifetime));
  }

  /** Mounts a root for a cell: the shared busybox below, a fresh folder above. */
  Path mountRoot(Cell cell) throws Exception {
    String name = Integer.toString(++claims);
    for (String part : List.of("upper" + name, "work" + name)) {
      own(Files.createDirectory(folder.resolve(part)), host.idMapping());
    }
    Path root = cell.dockEntry();
    mounter.mount(
        new Overlay(
            List.of("lower"), Optional.of(new Overlay.Writable("upper" + name, "work" + name))),
        root);
    return root;
  }

  /** The folder that has the changes of the latest claim. */
  Path upper() {
    return folder.resolve("upper" + claims);
  }

  @Override
  public void close() throws Exception {
    mounter.close();
    host.close();
    if (!host.idMapping().isIdentity()) {
      Mounts.unmountLazily(folder.resolve("lower"));
    }
  }

  static void makeRoot(Path root) throws Exception {
    for (String name : List.of("bin", "etc", "proc", "dev", "sys", "tmp", "root", "data/inner")) {
      Files.createDirectories(root.resolve(name));
    }
    Files.setPosixFilePermissions(
        root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
    Files.writeString(root.resolve("etc/resolv.conf"), "");
    Files.writeString(root.resolve("data/inner/file"), "content\n");
    String applets = Command.of("/bin/busybox", "--list").run();
    for (String applet : applets.lines().toList()) {
      if (!applet.equals("busybox")) {
        Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
      }
    }
  }

  private static void mountLower(Path source, Path target, IdMapping mapping)
      throws IOException, InterruptedException {
    if (mapping.isIdentity()) {
      Files.move(source, target);
      return;
    }
    Files.createDirectory(target);
    try (UserNamespaceFile namespace =
        UserNamespaceFile.create(mapping.hostBase(), mapping.size())) {
      IdMappedMounts.bindLower(source, target, namespace);
    }
  }

  private static void own(Path file, IdMapping mapping) throws IOException {
    Files.setAttribute(file, "unix:uid", mapping.hostBase());
    Files.setAttribute(file, "unix:gid", mapping.hostBase());
  }
}
