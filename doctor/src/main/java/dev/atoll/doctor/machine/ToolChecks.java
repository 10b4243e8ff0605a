package dev.atoll.doctor.machine;

import static dev.atoll.doctor.machine.MachineFinding.fail;
import static dev.atoll.doctor.machine.MachineFinding.ok;
import static dev.atoll.doctor.machine.MachineFinding.warn;

import dev.atoll.cells.CellException;
import dev.atoll.cells.process.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The programs and libraries of the machine that a server uses. */
final class ToolChecks {
  private static final Map<String, String> NEEDED =
      new TreeMap<>(
          Map.of(
              "ip", "iproute2",
              "nft", "nftables",
              "dnsmasq", "dnsmasq-base",
              "mount", "mount",
              "unshare", "util-linux",
              "nsenter", "util-linux"));
  private static final Map<String, String> USEFUL =
      new TreeMap<>(Map.of("mmdebstrap", "mmdebstrap", "busybox", "busybox-static"));

  private ToolChecks() {}

  static List<MachineFinding> run() throws InterruptedException {
    List<MachineFinding> findings = new ArrayList<>();
    var needed = packagesOfMissing(NEEDED);
    findings.add(
        needed.isEmpty()
            ? ok("programs", String.join(", ", NEEDED.keySet()))
            : fail(
                "programs",
                "programs that a server needs are missing",
                "run 'apt-get install " + String.join(" ", needed) + "'"));
    var useful = packagesOfMissing(USEFUL);
    findings.add(
        useful.isEmpty()
            ? ok("base-images", "images can be made of Debian packages")
            : warn(
                "base-images",
                "quickstart, 'image bootstrap' or 'doctor --attack' lack a program",
                "run 'apt-get install " + String.join(" ", useful) + "'"));
    findings.add(nftables());
    return findings;
  }

  private static TreeSet<String> packagesOfMissing(Map<String, String> programs) {
    TreeSet<String> packages = new TreeSet<>();
    programs.forEach(
        (program, debianPackage) -> {
          if (Command.find(program).isEmpty()) {
            packages.add(debianPackage);
          }
        });
    return packages;
  }

  private static MachineFinding nftables() throws InterruptedException {
    if (Command.find("nft").isEmpty()) {
      return fail("nftables", "the program nft is missing", "run 'apt-get install nftables'");
    }
    try {
      long tables = Command.of("nft", "list", "tables").run().lines().count();
      return ok("nftables", "the kernel answers; it has " + tables + " tables");
    } catch (CellException refused) {
      return fail(
          "nftables",
          String.valueOf(refused.getMessage()),
          "run this as root; load the module 'nf_tables', or use a kernel with CONFIG_NF_TABLES");
    }
  }
}
