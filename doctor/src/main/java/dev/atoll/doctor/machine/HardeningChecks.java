package dev.atoll.doctor.machine;

import static dev.atoll.doctor.machine.MachineFinding.fail;
import static dev.atoll.doctor.machine.MachineFinding.ok;
import static dev.atoll.doctor.machine.MachineFinding.warn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What of the machine makes an escape harder. */
final class HardeningChecks {
  private static final Path VULNERABILITIES = Path.of("/sys/devices/system/cpu/vulnerabilities");
  private static final List<Path> LIBRARY_FOLDERS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu"),
          Path.of("/usr/lib/aarch64-linux-gnu"),
          Path.of("/usr/lib64"),
          Path.of("/usr/lib"),
          Path.of("/lib"));

  private HardeningChecks() {}

  static List<MachineFinding> run() {
    return List.of(
        seccomp(),
        apparmor(),
        setting(
            "unprivileged-bpf",
            "/proc/sys/kernel/unprivileged_bpf_disabled",
            "kernel.unprivileged_bpf_disabled=2"),
        setting("kernel-pointers", "/proc/sys/kernel/kptr_restrict", "kernel.kptr_restrict=1"),
        setting("kernel-log", "/proc/sys/kernel/dmesg_restrict", "kernel.dmesg_restrict=1"),
        vulnerabilities());
  }

  private static MachineFinding seccomp() {
    if (!Files.exists(Path.of("/proc/sys/kernel/seccomp/actions_avail"))) {
      return fail(
          "seccomp", "the kernel filters no system calls", "use one with CONFIG_SECCOMP_FILTER");
    }
    boolean library =
        LIBRARY_FOLDERS.stream()
            .anyMatch(folder -> Files.exists(folder.resolve("libseccomp.so.2")));
    return library
        ? ok("seccomp", "the kernel filters system calls; libseccomp.so.2 is there")
        : fail(
            "seccomp",
            "libseccomp.so.2 is missing, which the tier runc needs",
            "run 'apt-get install libseccomp2'");
  }

  private static MachineFinding apparmor() {
    boolean on =
        SystemFiles.read("/sys/module/apparmor/parameters/enabled").filter("Y"::equals).isPresent();
    return ok(
        "apparmor",
        (on ? "on" : "off") + "; sandboxes need no profile, and servers run with or without it");
  }

  private static MachineFinding setting(String id, String file, String wanted) {
    String value = SystemFiles.read(file).orElse("");
    if (value.isEmpty()) {
      return ok(id, "this kernel has no " + file);
    }
    return value.equals("0")
        ? warn(id, file + " is 0", "run 'sysctl " + wanted + "'")
        : ok(id, file + " is " + value);
  }

  /** Side channels between sandboxes are not Atoll's to stop, but the operator's to know. */
  private static MachineFinding vulnerabilities() {
    if (!Files.isDirectory(VULNERABILITIES)) {
      return ok("cpu", "the kernel says nothing of the processor's weaknesses");
    }
    try (Stream<Path> files = Files.list(VULNERABILITIES)) {
      List<String> open =
          files
              .filter(file -> SystemFiles.read(file.toString()).orElse("").startsWith("Vulnerable"))
              .map(file -> String.valueOf(file.getFileName()))
              .sorted()
              .toList();
      return open.isEmpty()
          ? ok("cpu", "the kernel mitigates the processor's known weaknesses")
          : warn(
              "cpu",
              "the processor is vulnerable to " + String.join(", ", open),
              "update microcode and kernel: sandboxes of one machine could read each other");
    } catch (IOException unreadable) {
      return ok("cpu", "the kernel says nothing of the processor's weaknesses");
    }
  }
}
