package dev.atoll.doctor.machine;

import static dev.atoll.doctor.machine.MachineFinding.fail;
import static dev.atoll.doctor.machine.MachineFinding.ok;
import static dev.atoll.doctor.machine.MachineFinding.warn;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel has. */
final class KernelChecks {
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)");
  private static final List<String> NAMESPACES =
      List.of("mnt", "pid", "net", "ipc", "uts", "user", "cgroup");
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final List<String> CONTROLLERS = List.of("cpu", "memory", "pids");

  private KernelChecks() {}

  static List<MachineFinding> run() {
    return List.of(user(), release(), architecture(), namespaces(), cgroups(), overlay());
  }

  static boolean isRoot() {
    return SystemFiles.line("/proc/self/status", "Uid").orElse("").matches("\\d+\\s+0\\s.*");
  }

  private static MachineFinding user() {
    return isRoot()
        ? ok("root", "this runs as root")
        : warn("root", "this runs as another user than root", "a server needs root: use sudo");
  }

  /** Overlays on id-mapped layers came with 5.19. */
  private static MachineFinding release() {
    String release = System.getProperty("os.version", "");
    Matcher numbers = RELEASE.matcher(release);
    if (!numbers.find()) {
      return warn("kernel", "the release '" + release + "' is not understood", "use Linux 6.1+");
    }
    int version = Integer.parseInt(numbers.group(1)) * 1000 + Integer.parseInt(numbers.group(2));
    return version < 5019
        ? fail("kernel", "Linux " + release, "layers need id-mapped overlays: use Linux 5.19+")
        : ok("kernel", "Linux " + release);
  }

  private static MachineFinding architecture() {
    String name = System.getProperty("os.arch", "");
    return List.of("amd64", "x86_64", "aarch64").contains(name)
        ? ok("architecture", name)
        : fail("architecture", name, "Atoll runs on x86_64 and aarch64");
  }

  private static MachineFinding namespaces() {
    List<String> missing = new ArrayList<>();
    for (String name : NAMESPACES) {
      if (!Files.exists(Path.of("/proc/self/ns", name))) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      return fail(
          "namespaces",
          "the kernel lacks namespaces: " + String.join(", ", missing),
          "use a kernel with CONFIG_NAMESPACES and its parts");
    }
    return SystemFiles.read("/proc/sys/user/max_user_namespaces").filter("0"::equals).isPresent()
        ? fail(
            "namespaces",
            "user namespaces are switched off, which the tier runc needs",
            "run 'sysctl user.max_user_namespaces=10000'")
        : ok("namespaces", String.join(", ", NAMESPACES));
  }

  private static MachineFinding cgroups() {
    var unified = SystemFiles.read("/sys/fs/cgroup/cgroup.controllers");
    if (unified.isPresent()) {
      // The real root has no type, and may have processes beside groups with limits.
      return Files.exists(ROOT.resolve("cgroup.type"))
              && !SystemFiles.read(ROOT.resolve("cgroup.procs").toString()).orElse("").isBlank()
          ? fail(
              "cgroups",
              "version 2, with processes in the root that this process sees: groups below it can't have limits",
              "run on the machine itself, not in a container")
          : controllers("version 2", List.of(unified.get().split("\\s+")));
    }
    String mounted = SystemFiles.read("/proc/self/mountinfo").orElse("");
    if (!mounted.contains(" - cgroup ")) {
      return fail(
          "cgroups",
          "no cgroup file system is mounted",
          "mount one on /sys/fs/cgroup: limits need it");
    }
    List<String> found =
        CONTROLLERS.stream()
            .filter(name -> mounted.matches("(?s).* - cgroup \\S+ \\S*\\b" + name + "\\b.*"))
            .toList();
    return controllers("version 1", found);
  }

  private static MachineFinding controllers(String version, List<String> found) {
    List<String> missing = CONTROLLERS.stream().filter(name -> !found.contains(name)).toList();
    return missing.isEmpty()
        ? ok("cgroups", version + " with " + String.join(", ", CONTROLLERS))
        : fail(
            "cgroups",
            version + " without " + String.join(", ", missing),
            "boot with these controllers: limits of sandboxes need them");
  }

  private static MachineFinding overlay() {
    return SystemFiles.read("/proc/filesystems").orElse("").contains("\toverlay")
        ? ok("overlay", "the kernel stacks image layers")
        : fail("overlay", "the kernel has no overlay file system", "run 'modprobe overlay'");
  }
}
