package dev.atoll.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A root file system for measuring and soaking: Debian's static busybox and nothing else. */
public final class BusyboxRoot {
  private static final List<Path> PLACES =
      List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"));

  private BusyboxRoot() {}

  /** Makes the root in an empty folder. */
  public static Path make(Path root) throws IOException {
    Path busybox =
        PLACES.stream()
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new IOException("no busybox: apt-get install busybox-static"));
    for (String folder : List.of("bin", "dev", "etc", "proc", "sys", "tmp")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.copy(busybox, root.resolve("bin/busybox"));
    for (String applet :
        List.of(
            "cat",
            "dd",
            "echo",
            "head",
            "httpd",
            "ip",
            "kill",
            "mkdir",
            "rm",
            "sed",
            "seq",
            "sha256sum",
            "sh",
            "sleep",
            "tail",
            "true",
            "wc")) {
      Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    return root;
  }
}
