package dev.atoll.worker.task;

import dev.atoll.cells.Limits;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.errors.AtollException;
import dev.atoll.images.ImageDigest;
import dev.atoll.protocol.modal.PTYInfo;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.worker.cell.NetworkPolicies;
import dev.atoll.worker.cell.ResourceLimits;
import dev.atoll.worker.readiness.ReadinessProbe;
import dev.atoll.worker.tunnel.TunnelPort;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A task as it was asked for, checked.
 *
 * @param image what it runs
 * @param command empty: it idles
 * @param environment on top of the image's
 * @param workdir absent: the image's
 * @param diskLimit bytes that its files may have; absent: the image store's standard
 * @param idleTimeout absent: none
 * @param terminal absent: pipes
 * @param network what it may reach from its start
 * @param sourceAddress of the host, that its connections leave from; absent: the usual one
 * @param ports reached from outside
 * @param readinessProbe what tells that it is ready
 */
record TaskSettings(
    String taskId,
    String sandboxId,
    ImageDigest image,
    List<String> command,
    Map<String, String> environment,
    Optional<String> workdir,
    Limits limits,
    OptionalLong diskLimit,
    Duration lifetime,
    Optional<Duration> idleTimeout,
    Optional<PTYInfo> terminal,
    NetworkPolicy network,
    Optional<String> sourceAddress,
    List<TunnelPort> ports,
    Optional<ReadinessProbe> readinessProbe) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  /** Checks a spec; INVALID_ARGUMENT says which field breaks which rule. */
  static TaskSettings of(TaskSpec spec, int processLimit) {
    checkId("task_id", spec.getTaskId());
    checkId("sandbox_id", spec.getSandboxId());
    CommandRules.checkArguments("command", spec.getCommandList());
    CommandRules.checkEnvironment("environment", spec.getEnvironmentMap());
    if (!spec.getWorkdir().isEmpty()) {
      CommandRules.checkWorkdir(spec.getWorkdir());
    }
    if (spec.getLifetimeMillis() <= 0) {
      throw AtollException.invalid(
          "lifetime_millis %d: must be more than 0", spec.getLifetimeMillis());
    }
    if (spec.getIdleTimeoutMillis() < 0) {
      throw AtollException.invalid(
          "idle_timeout_millis %d: must not be negative; 0 means none",
          spec.getIdleTimeoutMillis());
    }
    return new TaskSettings(
        spec.getTaskId(),
        spec.getSandboxId(),
        new ImageDigest(spec.getImageDigest()),
        List.copyOf(spec.getCommandList()),
        Map.copyOf(spec.getEnvironmentMap()),
        Optional.of(spec.getWorkdir()).filter(w -> !w.isEmpty()),
        ResourceLimits.of(spec.getResources(), processLimit),
        ResourceLimits.disk(spec.getResources()),
        Duration.ofMillis(spec.getLifetimeMillis()),
        Optional.of(Duration.ofMillis(spec.getIdleTimeoutMillis())).filter(Duration::isPositive),
        spec.hasPty() ? Optional.of(spec.getPty()) : Optional.empty(),
        spec.hasNetworkAccess()
            ? NetworkPolicies.of(spec.getNetworkAccess())
            : new NetworkPolicy.Open(),
        Optional.of(spec.getSourceAddress()).filter(address -> !address.isEmpty()),
        TaskPorts.of(spec.getOpenPortsList()),
        spec.hasReadinessProbe()
            ? Optional.of(ReadinessProbe.of(spec.getReadinessProbe()))
            : Optional.empty());
  }

  private static void checkId(String field, String id) {
    if (!ID.matcher(id).matches()) {
      throw AtollException.invalid(
          "%s '%s': must be 1 to 63 letters, digits, '-' or '_'", field, id);
    }
  }

  /** Secrets are in the environment: it never shows. */
  @Override
  public String toString() {
    return "TaskSettings[" + taskId + ", " + image + "]";
  }
}
