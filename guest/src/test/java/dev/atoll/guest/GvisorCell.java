package dev.atoll.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A cell in a gVisor sandbox, started as guest/PROTOCOL.md and the cells module do it, without a
 * network.
 */
final class GvisorCell extends TestCell {
  private static final String CONFIG =
      """
      {"ociVersion": "1.0.2",
       "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "args": ["/bin/agent", "--mask-init"], "env": ["PATH=/bin"], "cwd": "/",
        "capabilities": {"bounding": CAPS, "effective": CAPS, "permitted": CAPS}},
       "root": {"path": "BASE/root", "readonly": true}, "hostname": "cell",
       "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts"},
        {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
        {"destination": "/dock", "type": "bind", "source": "BASE/dock", "options": ["rbind", "rslave"]},
        {"destination": "/agent", "type": "bind", "source": "BASE/agent", "options": ["rbind", "rprivate"]}],
       "linux": {"namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "network"}]}}
      """;
  private static final List<String> CAPABILITIES =
      List.of(
          "SYS_ADMIN",
          "SYS_CHROOT",
          "SETPCAP",
          "SETUID",
          "SETGID",
          "MKNOD",
          "KILL",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "NET_BIND_SERVICE",
          "NET_RAW",
          "SETFCAP",
          "AUDIT_WRITE");

  private final String program;

  GvisorCell(String program) throws IOException {
    this.program = program;
    Path bundle = Files.createDirectories(base.resolve("bundle"));
    String capabilities =
        CAPABILITIES.stream().map(name -> "\"CAP_" + name + "\"").toList().toString();
    Files.writeString(
        bundle.resolve("config.json"),
        CONFIG.replace("CAPS", capabilities).replace("BASE", base.toString()));
    try {
      run("mount", "-t", "tmpfs", "dock", base.resolve("dock").toString());
      run("mount", "--make-shared", base.resolve("dock").toString());
      runsc("create", "--bundle", bundle.toString(), "cell");
      runsc("start", "cell");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** The runtime: property atoll.runsc, else variable ATOLL_RUNSC, else PATH. */
  static String findProgram() {
    String program =
        Optional.ofNullable(System.getProperty("atoll.runsc"))
            .filter(path -> !path.isEmpty())
            .or(() -> Optional.ofNullable(System.getenv("ATOLL_RUNSC")))
            .orElse("runsc");
    boolean found =
        program.contains("/")
            ? Files.isExecutable(Path.of(program))
            : Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!found) {
      throw new IllegalStateException(
          "These tests need gVisor, and '"
              + program
              + "' is not there: name runsc (20240729 or later) with -Datoll.runsc=FILE, with the"
              + " variable ATOLL_RUNSC, or put it into PATH");
    }
    return program;
  }

  private void runsc(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                program,
                "--root=" + base.resolve("state"),
                "--ignore-cgroups",
                "--network=none",
                "--platform=systrap",
                "--overlay2=none",
                "--file-access-mounts=exclusive",
                "--host-uds=open"));
    command.addAll(List.of(arguments));
    // Not through a pipe: the sandbox keeps the descriptors of its starter.
    Path log = base.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectErrorStream(true)
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  void fillDock() throws Exception {
    for (String name : List.of("img1", "vol1", "vol2")) {
      Files.createDirectories(base.resolve("dock").resolve(name));
    }
    String root = base.resolve("dock/img1").toString();
    run("mount", "--bind", base.resolve("image").toString(), root);
    run("mount", "--bind", "/usr", root + "/usr");
    Files.writeString(base.resolve("dock/vol1/file"), "first\n");
    Files.writeString(base.resolve("dock/vol2/file"), "second\n");
  }

  @Override
  public void close() throws IOException {
    runsc("delete", "--force", "cell");
    for (String mount : List.of("dock/img1/usr", "dock/img1", "dock", "state/null-netns")) {
      Path path = base.resolve(mount);
      if (Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + path + " ")) {
        run("umount", "-l", path.toString());
      }
    }
    removeFolder();
  }
}
