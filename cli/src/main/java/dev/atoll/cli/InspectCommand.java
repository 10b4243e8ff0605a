package dev.atoll.cli;

import dev.atoll.protocol.admin.InspectSandboxRequest;
import dev.atoll.protocol.admin.Sandbox;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.Resources;
import dev.atoll.protocol.worker.StartBreakdown;
import dev.atoll.protocol.worker.TaskEnded;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Shows a sandbox: its isolation tier and runtime, its limits, where the time of its start went, "
            + "and how it ended.")
final class InspectCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "SANDBOX", description = "The sandbox's id, such as sb-...")
  private String sandboxId = "";

  InspectCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      Sandbox sandbox =
          server
              .admin()
              .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(sandboxId).build());
      facts(sandbox).print(surroundings.out());
    }
    return 0;
  }

  private static Facts facts(Sandbox sandbox) {
    Facts facts =
        new Facts()
            .add("sandbox", sandbox.getSandboxId())
            .add("task", sandbox.getTaskId())
            .add("app", sandbox.getApp())
            .add("name", sandbox.getName())
            .add("image", sandbox.getImageId())
            .add("command", Format.command(sandbox.getCommandList()))
            .add("state", sandbox.getState())
            .add("tier", sandbox.getTier())
            .add("runtime", sandbox.getRuntime())
            .add("created", Format.time(sandbox.getCreatedAt()))
            .add("started", Format.time(sandbox.getStartedAt()))
            .add("lifetime", Format.duration(Duration.ofMillis(sandbox.getLifetimeMillis())));
    facts
        .add("proxy", sandbox.getProxy())
        .add("cloud", sandbox.getCloud())
        .add("regions", String.join(" ", sandbox.getRegionsList()));
    if (sandbox.hasResources()) {
      Resources resources = sandbox.getResources();
      facts
          .add("cpu", cores(resources.getCpuRequestMillis(), resources.getCpuLimitMillis()))
          .add(
              "memory",
              Format.bytes(resources.getMemoryRequestBytes())
                  + " reserved, at most "
                  + Format.bytes(resources.getMemoryLimitBytes()));
      if (resources.getDiskLimitBytes() > 0) {
        facts.add("disk", "at most " + Format.bytes(resources.getDiskLimitBytes()));
      }
    }
    if (sandbox.hasBreakdown()) {
      addBreakdown(facts, sandbox.getBreakdown());
    }
    if (sandbox.hasEnded()) {
      addEnd(facts, sandbox.getEnded());
    }
    return facts;
  }

  private static void addBreakdown(Facts facts, StartBreakdown start) {
    facts
        .add("start: placed", Format.micros(start.getPlacedMicros()))
        .add("start: image", Format.micros(start.getImageMicros()))
        .add(
            "start: cell",
            Format.micros(start.getCellMicros())
                + (start.getPooled() ? ", one that waited" : ", booted for it"))
        .add("start: root file system", Format.micros(start.getRootFilesystemMicros()))
        .add("start: network", Format.micros(start.getNetworkMicros()))
        .add("start: claim", Format.micros(start.getClaimMicros()))
        .add("start: main process", Format.micros(start.getExecMicros()))
        .add("start: ready after", Format.micros(start.getReadyMicros()));
  }

  private static void addEnd(Facts facts, TaskEnded ended) {
    facts
        .add("ended", Format.time(ended.getEndedAt()))
        .add("cause", ended.getCause().name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .add("exit code", hasExitCode(ended) ? Integer.toString(ended.getExitCode()) : "")
        .add("terminated by", ended.getTerminatedBy())
        .add("message", ended.getMessage())
        .add("peak memory", Format.bytes(ended.getPeakMemoryBytes()))
        .add("cpu time", Format.micros(ended.getCpuMicros()));
  }

  /** What ended otherwise has no exit code of its own; clients give one all the same. */
  private static boolean hasExitCode(TaskEnded ended) {
    return ended.getCause() == EndCause.EXITED || ended.getCause() == EndCause.SIGNALLED;
  }

  private static String cores(int request, int limit) {
    return request / 1000.0 + " cores reserved, at most " + limit / 1000.0;
  }
}
