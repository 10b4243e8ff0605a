package dev.atoll.doctor.attack;

import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The root file systems that are attacked from: busybox, and little else. */
final class TinyRoot {
  private static final List<String> APPLETS =
      List.of(
          "cat", "chmod", "echo", "env", "grep", "httpd", "ip", "ln", "ls", "mkdir", "mv", "rm",
          "sh", "sleep", "test", "touch", "true", "tty", "stat");

  private TinyRoot() {}

  /** A root like any other, whose {@code /etc/shadow} says that it is the sandbox's. */
  static Path plain(Path root) throws IOException {
    Path busybox =
        Command.find("busybox")
            .orElseThrow(() -> new IOException("no busybox: run 'apt-get install busybox-static'"));
    for (String name : List.of("bin", "etc", "root", "tmp", "srv", "proc", "sys", "dev")) {
      Files.createDirectories(root.resolve(name));
    }
    Files.setPosixFilePermissions(
        root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.copy(busybox, root.resolve("bin/busybox"));
    for (String applet : APPLETS) {
      Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
    Files.writeString(root.resolve("etc/shadow"), "root:*:of-the-sandbox:0:99999:7:::\n");
    Files.createFile(root.resolve("etc/resolv.conf"));
    return root;
  }

  /**
   * A root whose links lead out of it, to where a server or a runtime that follows them would do
   * harm: those of CVE-2025-31133 and its like, and to a file that must stay as it is.
   */
  static Path hostile(Path root, Path target) throws IOException {
    plain(root);
    Files.delete(root.resolve("etc/resolv.conf"));
    Path up = Path.of("../".repeat(12) + target.toString().substring(1));
    Files.createSymbolicLink(root.resolve("etc/resolv.conf"), up);
    Files.createSymbolicLink(root.resolve("etc/hosts"), target);
    Files.createSymbolicLink(root.resolve("etc/hostname"), target);
    Files.createSymbolicLink(root.resolve("__modal"), target.resolveSibling("folder"));
    for (String device : List.of("null", "console", "ptmx", "kcore")) {
      Files.createSymbolicLink(
          root.resolve("dev").resolve(device), Path.of("/proc/sys/kernel/core_pattern"));
    }
    return root;
  }
}
