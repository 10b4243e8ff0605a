package dev.atoll.doctor.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks a machine before a server is started on it. */
public final class MachineCheck {
  private MachineCheck() {}

  /** Whether this process is root, as servers and attacks must be. */
  public static boolean isRoot() {
    return KernelChecks.isRoot();
  }

  /**
   * Checks everything. Blocks for a second at most, unless a program of the machine hangs: 20 s
   * each.
   *
   * @param environment the environment variables, which name runtimes and the cache folder
   * @param dataDirectory the folder that a server would keep its things in; it need not exist
   */
  public static List<MachineFinding> run(Map<String, String> environment, Path dataDirectory)
      throws InterruptedException {
    List<MachineFinding> findings = new ArrayList<>();
    findings.addAll(KernelChecks.run());
    findings.addAll(ToolChecks.run());
    findings.addAll(new RuntimeChecks(environment).run());
    findings.addAll(ResourceChecks.run(dataDirectory));
    findings.addAll(HardeningChecks.run());
    return List.copyOf(findings);
  }
}
