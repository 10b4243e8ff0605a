package dev.atoll.cli;

import dev.atoll.doctor.attack.Corpus;
import dev.atoll.doctor.attack.Finding;
import dev.atoll.doctor.attack.Finding.Verdict;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The findings of an attack for people: by tier and group, what is broken last, then the sum. */
final class AttackReport {
  private static final int LONGEST_REASON = 100;

  private final PrintStream out;

  AttackReport(PrintStream out) {
    this.out = out;
  }

  void print(List<Finding> findings, boolean withoutSandbox) {
    Map<String, List<Finding>> tiers = new LinkedHashMap<>();
    findings.forEach(f -> tiers.computeIfAbsent(f.tier(), _ -> new java.util.ArrayList<>()).add(f));
    tiers.forEach(this::printTier);
    List<Finding> broken =
        findings.stream().filter(finding -> finding.verdict() == Verdict.BROKEN).toList();
    if (!withoutSandbox) {
      broken.forEach(f -> out.println("BROKEN " + f.tier() + " " + f.id() + ": " + f.reason()));
    }
    tiers.forEach(
        (tier, all) ->
            out.printf(
                "%s: %d held, %d broken, %d not run%n",
                tier,
                count(all, Verdict.HELD),
                count(all, Verdict.BROKEN),
                count(all, Verdict.NOT_RUN)));
    out.println(conclusion(broken.isEmpty(), withoutSandbox));
  }

  private static String conclusion(boolean held, boolean withoutSandbox) {
    if (withoutSandbox) {
      return "No sandbox stood in the way: what is broken here is what the probes would notice.";
    }
    return held
        ? "Nothing got out. What is not run can't succeed on this machine, with or without a sandbox."
        : "The isolation is broken: report it (SECURITY.md), and run no foreign code here.";
  }

  private void printTier(String tier, List<Finding> findings) {
    String group = "";
    for (Finding finding : findings) {
      String next = Corpus.group(finding.id()).orElse("");
      if (!next.equals(group)) {
        out.println();
        out.println(tier + ": " + next);
        group = next;
      }
      out.printf(
          "  %-8s %-24s %s%n", finding.verdict().label(), finding.id(), shorten(finding.reason()));
    }
    out.println();
  }

  private static String shorten(String reason) {
    String line = reason.replaceAll("\\s+", " ");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON - 3) + "...";
  }

  private static long count(List<Finding> findings, Verdict verdict) {
    return findings.stream().filter(finding -> finding.verdict() == verdict).count();
  }
}
