package dev.atoll.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A cell of kernel namespaces, made by unshare(1): mounts live and die with it. */
final class NamespaceCell extends TestCell {
  private static final String SCRIPT =
      """
      set -e
      cd "$1"
      mount --bind root root
      mount -t tmpfs dock dock
      mkdir dock/img1 dock/vol1 dock/vol2
      mount --bind image dock/img1
      mount --bind /usr dock/img1/usr
      echo first > dock/vol1/file
      echo second > dock/vol2/file
      mount --rbind dock root/dock
      mount --bind agent root/agent
      mount -t proc proc root/proc
      mount -t tmpfs -o mode=755 dev root/dev
      mkdir root/dev/pts root/dev/shm
      mount -t devpts -o newinstance,ptmxmode=0666 devpts root/dev/pts
      for device in null zero; do touch root/dev/$device; mount --bind /dev/$device root/dev/$device; done
      ln -s pts/ptmx root/dev/ptmx
      mount -t sysfs sysfs root/sys
      cd root
      pivot_root . old
      exec /bin/agent --mask
      """;
  private final Process process;

  NamespaceCell() throws IOException {
    process =
        new ProcessBuilder(
                "unshare",
                "-mpuni",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                SCRIPT,
                "sh",
                base.toString())
            .redirectInput(new java.io.File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
  }

  @Override
  void fillDock() {}

  /** The agent's process, seen from the host. */
  Path agentProc() {
    return Path.of("/proc", String.valueOf(process.children().findFirst().orElseThrow().pid()));
  }

  @Override
  public void close() throws Exception {
    process.children().forEach(ProcessHandle::destroyForcibly);
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the cell doesn't end");
    }
    removeFolder();
  }
}
