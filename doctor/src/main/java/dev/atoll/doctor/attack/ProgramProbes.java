package dev.atoll.doctor.attack;

import dev.atoll.doctor.attack.Probe.Trial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Probes that are one run of the program in the attacking sandbox, and one without it. */
final class ProgramProbes {
  private ProgramProbes() {}

  /**
   * One probe.
   *
   * @param control what the program is given for the control: the id, and an argument for some
   */
  private record Line(String id, String group, List<String> control) {}

  private static final List<Line> LINES = lines();

  private static List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    group(
        lines,
        "devices",
        "device-node-block device-node-char device-memory device-kernel-messages device-loop"
            + " device-fuse device-kvm device-tun device-disks kernel-log socket-vsock");
    group(
        lines,
        "mounts",
        "mount-tmpfs mount-proc mount-sysfs mount-devtmpfs mount-cgroup mount-bind mount-overlay"
            + " mount-remount unmount-masks mount-tree mount-fsopen mount-attributes pivot-root"
            + " chroot-escape:jail open-by-handle");
    group(
        lines,
        "kernel files",
        "proc-core-pattern proc-sysrq-trigger proc-sys-kernel proc-sys-vm proc-sys-fs"
            + " proc-sys-limits proc-drop-caches proc-binfmt-misc:mount proc-irq proc-kcore"
            + " proc-kmsg proc-kallsyms proc-machine-state sys-kernel sys-module-parameters"
            + " sys-power sys-uevent sys-bus sys-debug cgroup-release-agent cgroup-limits");
    group(
        lines,
        "system calls",
        "call-bpf call-perf-event-open call-userfaultfd call-io-uring call-kexec call-init-module"
            + " call-finit-module call-delete-module keyring-add keyring-user call-reboot"
            + " call-clock call-swapon call-acct call-quotactl call-sethostname call-fanotify"
            + " call-ioperm call-compatible limit-raise limit-real-time");
    group(
        lines,
        "namespaces and privileges",
        "namespace-mount namespace-network namespace-clone3 namespace-join namespace-user:made"
            + " namespace-user-mount:made setuid-file file-capability capability-raise"
            + " capability-bounds no-new-privileges");
    group(
        lines,
        "the guest agent",
        "init-trace init-memory-call init-memory init-descriptors init-descriptor-steal"
            + " init-root:any init-folder:any init-program init-secrets agent-visible:copy"
            + " agent-socket:made abstract-sockets:made agent-dock:made inherited-descriptors:made"
            + " tools-overwrite:copy");
    return List.copyOf(lines);
  }

  /** {@code id}, or {@code id:argument} where the control needs an argument. */
  private static void group(List<Line> lines, String group, String ids) {
    for (String id : ids.split(" ", -1)) {
      List<String> words = List.of(id.split(":", -1));
      lines.add(new Line(words.getFirst(), group, words));
    }
  }

  static List<Probe> all() {
    return LINES.stream()
        .map(
            line ->
                new Probe(
                    line.id(),
                    line.group(),
                    scene ->
                        new Trial.Result(
                            scene.attacker().attack(line.id()),
                            control(scene.program(), line.control()))))
        .toList();
  }

  static Control control(AttackProgram program, String... words) throws Exception {
    return control(program, List.of(words));
  }

  private static Control control(AttackProgram program, List<String> words) throws Exception {
    return Control.of("as root in new namespaces of the host", program.control(words));
  }

  /** The same attempts where no sandbox is: each that the machine lets succeed is a finding. */
  static List<Finding> withoutSandbox(AttackProgram program)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (Line line : LINES) {
      Outcome outcome = program.control(line.control());
      findings.add(
          Finding.of(
              line.id(),
              "none",
              outcome,
              outcome.succeeded()
                  ? Control.real("this was the control itself")
                  : Control.of("without a sandbox", outcome)));
    }
    return findings;
  }
}
