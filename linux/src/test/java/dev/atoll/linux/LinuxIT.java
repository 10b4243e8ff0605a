package dev.atoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root. Everything is mounted below one tmpfs. */
class LinuxIT {
  @TempDir Path folder;
  private Path base;

  @BeforeEach
  void mountBase() throws Exception {
    base = Files.createDirectory(folder.resolve("base"));
    Mounts.tmpfs("atoll-test", base, 16 << 20, "0700");
  }

  @AfterEach
  void unmountAll() throws Exception {
    for (MountInfo mount : MountInfo.atOrBelow(base)) {
      Mounts.unmountLazily(mount.mountPoint());
    }
    assertThat(MountInfo.atOrBelow(folder)).isEmpty();
  }

  @Test
  void sharedAndSlaveMountsShowTheirTags() throws Exception {
    Mounts.makeShared(base);
    Path slave = Files.createDirectory(base.resolve("slave"));
    Mounts.bind(base, slave);
    Mounts.makeSlave(slave);
    assertThat(find(base).tags()).startsWith("shared:");
    assertThat(find(slave).tags()).startsWith("master:");
  }

  @Test
  void failuresNameTheCallTheObjectAndTheReason() {
    Path missing = base.resolve("missing");
    assertThatThrownBy(() -> Mounts.unmount(missing))
        .isInstanceOf(LinuxException.class)
        .hasMessage("umount2 " + missing + ": No such file or directory");
  }

  @Test
  void readOnlyBindsRefuseWriting() throws Exception {
    Path source = Files.createDirectory(base.resolve("source"));
    Path target = Files.createDirectory(base.resolve("target"));
    Mounts.bindReadOnly(source, target);
    assertThatThrownBy(() -> Files.createFile(target.resolve("x")))
        .hasMessageContaining("Read-only");
  }

  @Test
  void anOverlayOfFiveHundredFoldersFitsWithRelativeNames() throws Exception {
    List<String> lower = new ArrayList<>();
    for (int i = 0; i < Overlay.MOST_LOWER; i++) {
      String name = Integer.toString(i, 36);
      Files.createFile(Files.createDirectory(base.resolve(name)).resolve("file" + i));
      lower.add(name);
    }
    Path target = Files.createDirectory(base.resolve("target"));
    try (DirectoryMounter mounter = DirectoryMounter.open(base)) {
      mounter.mount(new Overlay(lower, Optional.empty()), target);
    }
    try (var files = Files.list(target)) {
      assertThat(files).hasSize(Overlay.MOST_LOWER);
    }
  }

  @Test
  void lowerFoldersCanBeRenamed() throws Exception {
    Files.createDirectories(base.resolve("l/a"));
    Files.createDirectory(base.resolve("u"));
    Files.createDirectory(base.resolve("w"));
    Path target = Files.createDirectory(base.resolve("target"));
    try (DirectoryMounter mounter = DirectoryMounter.open(base)) {
      mounter.mount(
          new Overlay(List.of("l"), Optional.of(new Overlay.Writable("u", "w"))),
          Path.of("target"));
    }
    // rename(2) itself: Files.move would fall back to copying.
    assertThat(new ProcessBuilder("/bin/mv", "-T", target + "/a", target + "/b").start().waitFor())
        .isZero();
    assertThat(target.resolve("b")).isDirectory();
    try (var changed = Files.list(base.resolve("u"))) {
      assertThat(changed).as("a whiteout and a redirect").hasSize(2);
    }
  }

  @Test
  void idMappedLowerShowsShiftedOwnersAndCannotBeWritten() throws Exception {
    Path source = Files.createDirectory(folder.resolve("image"));
    Files.createFile(source.resolve("x"));
    Path target = Files.createDirectory(base.resolve("target"));
    try (UserNamespaceFile namespace = UserNamespaceFile.create(100_000, 65_536)) {
      IdMappedMounts.bindLower(source, target, namespace);
    }
    assertThat(Files.getAttribute(target.resolve("x"), "unix:uid")).isEqualTo(100_000);
    assertThatThrownBy(() -> Files.delete(target.resolve("x"))).hasMessageContaining("Read-only");
    assertThat(source.resolve("x")).exists();
  }

  @Test
  void orphansAreWatchedSignalledAndReaped() throws Exception {
    Prctl.becomeSubreaper();
    Process shell = new ProcessBuilder("sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!").start();
    int pid = Integer.parseInt(shell.inputReader().readLine());
    assertThat(shell.waitFor()).isZero();
    try (ProcessWatcher watcher = ProcessWatcher.start();
        ProcessDescriptor sleeper = ProcessDescriptor.open(pid)) {
      var ended = watcher.watch(sleeper);
      assertThat(ended).isNotDone();
      assertThat(sleeper.signal(ProcessDescriptor.SIGKILL)).isTrue();
      assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo(ProcessDescriptor.SIGKILL);
      assertThat(sleeper.signal(ProcessDescriptor.SIGKILL)).isFalse();
    }
    assertThat(Path.of("/proc", Integer.toString(pid))).doesNotExist();
  }

  private static MountInfo find(Path mountPoint) throws Exception {
    return MountInfo.readAll().stream()
        .filter(mount -> mount.mountPoint().equals(mountPoint))
        .findFirst()
        .orElseThrow();
  }
}
