package dev.atoll.doctor.attack;

import dev.atoll.doctor.attack.Probe.Trial;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.FileMode;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.SandboxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Paths that are given to the server, with links and dots in them that lead to the host. */
final class FileProbes {
  private static final String GROUP = "files, snapshots and mounts";
  private static final String LINK = "/tmp/link";
  private static final String FOLDER_LINK = "/tmp/folder-link";

  private FileProbes() {}

  static List<Probe> all() {
    List<Probe> probes = new ArrayList<>();
    probe(probes, "open-symlink", scene -> reads(scene, LINK));
    probe(probes, "open-shadow", FileProbes::openShadow);
    probe(probes, "open-parent", scene -> reads(scene, "../".repeat(20) + scene.canary().file()));
    probe(probes, "open-magic-link", FileProbes::openMagicLink);
    probe(probes, "open-write", FileProbes::openWrite);
    probe(probes, "filesystem-read", FileProbes::filesystemRead);
    probe(probes, "filesystem-list", FileProbes::filesystemList);
    probe(probes, "filesystem-delete", FileProbes::filesystemDelete);
    probe(probes, "snapshot-symlink", FileProbes::snapshotSymlink);
    probe(probes, "snapshot-content", FileProbes::snapshotContent);
    probe(probes, "mount-symlink", FileProbes::mountSymlink);
    probe(probes, "mount-kernel-folders", FileProbes::mountKernelFolders);
    probe(probes, "hostile-names", FileProbes::hostileNames);
    probe(probes, "abusive-lengths", FileProbes::abusiveLengths);
    return probes;
  }

  private static void probe(List<Probe> probes, String id, Trial trial) {
    probes.add(
        new Probe(
            id,
            GROUP,
            scene -> {
              Path file = scene.canary().file();
              scene
                  .attacker()
                  .shell(
                      "rm -rf %1$s %2$s; ln -s %3$s %1$s; ln -s %4$s %2$s"
                          .formatted(LINK, FOLDER_LINK, file, scene.canary().folder()));
              Trial.Result result = trial.run(scene);
              return scene.canary().isUntouched()
                  ? result
                  : new Trial.Result(
                      Outcome.succeeded("a file of the host was changed"), result.control());
            }));
  }

  /** What reads a file, or fails as files do. */
  @FunctionalInterface
  private interface Reading {
    String run() throws IOException;
  }

  private static Outcome reading(Scene scene, Reading reading) {
    try {
      String text = reading.run();
      return text.contains(scene.canary().content())
          ? Outcome.succeeded("the host's file was read")
          : Outcome.refused("it leads to the sandbox's own file");
    } catch (AtollException | IOException refused) {
      return Outcome.refused(String.valueOf(refused));
    }
  }

  private static String open(Scene scene, String path) {
    try (SandboxFile file = scene.attacker().sandbox().open(path, FileMode.READ)) {
      return file.readText();
    }
  }

  /** The same links where the host follows them. */
  private static Control followed(Scene scene) throws IOException {
    Path link = Files.createTempDirectory(scene.folder(), "control-").resolve("link");
    Files.createSymbolicLink(link, scene.canary().file());
    return Files.readString(link).equals(scene.canary().content())
        ? Control.real("followed on the host, such a link leads to the file")
        : Control.of("on the host", Outcome.refused("the link leads elsewhere"));
  }

  private static Trial.Result reads(Scene scene, String path) throws IOException {
    return new Trial.Result(reading(scene, () -> open(scene, path)), followed(scene));
  }

  private static Trial.Result openShadow(Scene scene) throws Exception {
    scene.attacker().shell("ln -sf /etc/shadow " + LINK);
    String text = open(scene, LINK);
    return new Trial.Result(
        text.contains("of-the-sandbox")
            ? Outcome.refused("it is the sandbox's own /etc/shadow")
            : Outcome.succeeded("it is another /etc/shadow than the sandbox's"),
        followed(scene));
  }

  private static Trial.Result openMagicLink(Scene scene) throws IOException {
    Outcome outcome = Outcome.refused("none was tried");
    for (String start :
        List.of(
            "/proc/1/root", "/proc/self/root", "/proc/1/cwd", "/proc/self/cwd", "/proc/2/root")) {
      outcome = outcome.orElse(reads(scene, start + scene.canary().file()).outcome());
    }
    return new Trial.Result(outcome, followed(scene));
  }

  private static Trial.Result openWrite(Scene scene) throws Exception {
    Path file = scene.canary().file();
    scene.attacker().shell("mkdir -p " + file.getParent() + "; echo inside > " + file);
    Outcome outcome;
    try (SandboxFile open = scene.attacker().sandbox().open(LINK, FileMode.WRITE)) {
      open.write("changed");
      outcome = Outcome.refused("what was written is the sandbox's own file");
    } catch (AtollException refused) {
      outcome = Outcome.refused(String.valueOf(refused));
    }
    scene.attacker().shell("rm -rf " + scene.folder());
    return new Trial.Result(outcome, followed(scene));
  }

  private static Trial.Result filesystemRead(Scene scene) throws IOException {
    var files = scene.attacker().sandbox().fileSystem();
    return new Trial.Result(
        reading(scene, () -> Files.readString(files.getPath(LINK)))
            .orElse(
                reading(
                    scene,
                    () ->
                        Files.readString(
                            files.getPath("/tmp/" + "../".repeat(20) + scene.canary().file())))),
        followed(scene));
  }

  private static Trial.Result filesystemList(Scene scene) throws IOException {
    var files = scene.attacker().sandbox().fileSystem();
    Outcome outcome;
    try (Stream<Path> entries = Files.list(files.getPath(FOLDER_LINK))) {
      List<String> names = entries.map(String::valueOf).toList();
      outcome =
          names.isEmpty()
              ? Outcome.refused("it is empty")
              : Outcome.succeeded("the host's folder shows " + names);
    } catch (IOException refused) {
      outcome = Outcome.refused(String.valueOf(refused));
    }
    return new Trial.Result(outcome, followed(scene));
  }

  private static Trial.Result filesystemDelete(Scene scene) throws IOException {
    var files = scene.attacker().sandbox().fileSystem();
    Outcome outcome;
    try {
      Files.delete(files.getPath(FOLDER_LINK, String.valueOf(scene.canary().file().getFileName())));
      outcome = Outcome.succeeded("it could be deleted");
    } catch (IOException refused) {
      outcome = Outcome.refused(String.valueOf(refused));
    }
    return new Trial.Result(outcome, followed(scene));
  }

  private static Trial.Result snapshotSymlink(Scene scene) throws Exception {
    Outcome outcome;
    try {
      Image image = scene.attacker().sandbox().snapshotDirectory(FOLDER_LINK);
      outcome = mounted(scene, image, "secret");
    } catch (AtollException refused) {
      outcome = Outcome.refused(String.valueOf(refused));
    }
    return new Trial.Result(outcome, followed(scene));
  }

  private static Trial.Result snapshotContent(Scene scene) throws Exception {
    scene
        .attacker()
        .shell("mkdir -p /srv/shot; ln -sf " + scene.canary().file() + " /srv/shot/secret");
    Image image = scene.attacker().sandbox().snapshotDirectory("/srv/shot");
    return new Trial.Result(mounted(scene, image, "secret"), followed(scene));
  }

  private static Outcome mounted(Scene scene, Image image, String name) throws Exception {
    scene.attacker().sandbox().mountImage("/mnt", image);
    Outcome outcome = reading(scene, () -> open(scene, "/mnt/" + name));
    scene.attacker().sandbox().unmountImage("/mnt");
    return outcome;
  }

  /** The host's folder must not be covered by what is mounted on a link to it. */
  private static Trial.Result mountSymlink(Scene scene) throws Exception {
    Outcome outcome;
    try {
      scene.attacker().sandbox().mountEmptyDirectory(FOLDER_LINK);
      outcome =
          Files.exists(scene.canary().file())
              ? Outcome.refused("it was mounted inside the sandbox")
              : Outcome.succeeded("the host's folder is covered");
      scene.attacker().sandbox().unmountImage(FOLDER_LINK);
    } catch (AtollException refused) {
      outcome = Outcome.refused(String.valueOf(refused));
    }
    return new Trial.Result(outcome, followed(scene));
  }

  private static Trial.Result mountKernelFolders(Scene scene) throws Exception {
    scene
        .attacker()
        .shell("ln -sf /proc/sys /tmp/to-proc; ln -sf ../../../../../../dev /tmp/to-dev");
    Outcome outcome = Outcome.refused("nothing was tried");
    for (String path :
        List.of(
            "/",
            "/proc",
            "/proc/self",
            "/sys",
            "/dev/.atoll",
            "/dev/shm/../..",
            "/tmp/to-proc",
            "/tmp/to-dev",
            "/tmp/../proc/1")) {
      Outcome one;
      try {
        scene.attacker().sandbox().mountEmptyDirectory(path);
        one = Outcome.succeeded("something was mounted on " + path);
      } catch (AtollException refused) {
        one = Outcome.refused(String.valueOf(refused.getMessage()));
      }
      outcome = outcome.succeeded() ? outcome : one;
    }
    return new Trial.Result(outcome, ProgramProbes.control(scene.program(), "mount-tmpfs"));
  }

  private static Trial.Result hostileNames(Scene scene) throws Exception {
    scene
        .attacker()
        .shell(
            """
            rm -rf /tmp/names; mkdir /tmp/names; cd /tmp/names
            touch -- '-rf' "$(printf 'a\\nb')" "$(printf '\\033[31mred')" '..;ls' '$(id)' '{"error":1}'
            touch "$(printf '\\377\\376')" "$(printf '%0255d' 1)"
            ln -s loop loop; ln -s ../../../../../../.. up
            d=deep; for i in 1 2 3 4 5 6 7 8 9; do d=$d/$d; mkdir -p $d 2>/dev/null || break; done; true
            """);
    Outcome outcome;
    var files = scene.attacker().sandbox().fileSystem();
    try (Stream<Path> entries = Files.list(files.getPath("/tmp/names"))) {
      long count = entries.count();
      outcome =
          count >= 10
              ? Outcome.refused(count + " names were listed as they are")
              : Outcome.succeeded("only " + count + " names were listed");
    }
    Image image = scene.attacker().sandbox().snapshotDirectory("/tmp/names");
    scene.attacker().sandbox().mountImage("/mnt", image);
    scene.attacker().sandbox().unmountImage("/mnt");
    var unused = scene.answers();
    return new Trial.Result(
        outcome, Control.construction("a program that reads lists of names by lines would fail"));
  }

  private static Trial.Result abusiveLengths(Scene scene) throws Exception {
    List<String> said = new ArrayList<>();
    var sandbox = scene.attacker().sandbox();
    said.add(refusal(() -> sandbox.open("/" + "x".repeat(1 << 20), FileMode.READ).close()));
    said.add(refusal(() -> sandbox.open("/tmp/" + "y/".repeat(3000), FileMode.READ).close()));
    said.add(refusal(() -> sandbox.open("", FileMode.READ).close()));
    said.add(refusal(() -> sandbox.exec("true", "z".repeat(8 << 20)).waitFor()));
    said.add(refusal(() -> sandbox.snapshotDirectory("/" + "w/".repeat(1 << 18))));
    said.add(refusal(() -> sandbox.mountEmptyDirectory("/" + "v".repeat(1 << 20))));
    said.add(
        refusal(
            () -> {
              try (SandboxFile file = sandbox.open("/dev/zero", FileMode.READ)) {
                var unused = file.read(1 << 20);
              }
            }));
    var unused = scene.answers();
    long accepted = said.stream().limit(6).filter(String::isEmpty).count();
    return new Trial.Result(
        accepted == 0
            ? Outcome.refused("all were refused, such as: " + said.getFirst())
            : Outcome.succeeded(accepted + " of 6 were taken"),
        Control.construction("lengths that nobody checks end in memory that nobody has"));
  }

  /** What a client could ask for. */
  @FunctionalInterface
  private interface Abuse {
    void run() throws Exception;
  }

  private static String refusal(Abuse abuse) throws InterruptedException {
    try {
      abuse.run();
      return "";
    } catch (InterruptedException stopped) {
      throw stopped;
    } catch (Exception refused) {
      String message = String.valueOf(refused.getMessage());
      return message.substring(0, Math.min(message.length(), 120)) + ".";
    }
  }
}
