package dev.atoll.sdk;

import dev.atoll.protocol.modal.NetworkAccess;
import dev.atoll.protocol.modal.NetworkAccess.NetworkAccessType;
import dev.atoll.protocol.modal.PTYInfo;
import dev.atoll.protocol.modal.PTYInfo.PTYType;
import dev.atoll.protocol.modal.PortSpec;
import dev.atoll.protocol.modal.PortSpecs;
import dev.atoll.protocol.modal.Probe;
import dev.atoll.protocol.modal.Resources;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxTag;
import dev.atoll.protocol.modal.SchedulerPlacement;
import dev.atoll.protocol.modal.StringMap;
import dev.atoll.protocol.modal.TunnelType;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecStderrConfig;
import dev.atoll.protocol.router.TaskExecStdoutConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Options as the wire has them. */
final class Requests {
  private Requests() {}

  static SandboxCreateRequest create(App app, String imageId, SandboxOptions options) {
    dev.atoll.protocol.modal.Sandbox.Builder definition =
        dev.atoll.protocol.modal.Sandbox.newBuilder()
            .setImageId(imageId)
            .addAllEntrypointArgs(options.command())
            .setTimeoutSecs(seconds(options.timeout()))
            .setVerbose(options.verbose())
            .setResources(resources(options))
            .setNetworkAccess(network(options));
    options.workdir().ifPresent(definition::setWorkdir);
    options.secrets().forEach(secret -> definition.addSecretIds(secret.id()));
    options.proxy().ifPresent(proxy -> definition.setProxyId(proxy.id()));
    options.cloud().ifPresent(definition::setCloudProviderStr);
    if (!options.regions().isEmpty()) {
      definition.setSchedulerPlacement(
          SchedulerPlacement.newBuilder().addAllRegions(options.regions()));
    }
    if (!options.environment().isEmpty()) {
      definition.setEnvironmentVariables(
          StringMap.newBuilder().putAllContents(options.environment()));
    }
    options.idleTimeout().map(Requests::seconds).ifPresent(definition::setIdleTimeoutSecs);
    options.name().ifPresent(definition::setName);
    if (options.pty()) {
      definition.setPtyInfo(terminal());
    }
    definition.setOpenPorts(ports(options));
    options.readinessProbe().map(Requests::probe).ifPresent(definition::setReadinessProbe);
    return SandboxCreateRequest.newBuilder()
        .setAppId(app.id())
        .setDefinition(definition)
        .addAllTags(tags(options.tags()))
        .build();
  }

  static List<SandboxTag> tags(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(
            tag ->
                SandboxTag.newBuilder()
                    .setTagName(tag.getKey())
                    .setTagValue(tag.getValue())
                    .build())
        .toList();
  }

  static TaskExecStartRequest exec(
      String taskId, String execId, List<String> command, ExecOptions options) {
    TaskExecStartRequest.Builder request =
        TaskExecStartRequest.newBuilder()
            .setTaskId(taskId)
            .setExecId(execId)
            .addAllCommandArgs(command)
            .setStdoutConfig(
                options.discardStdout()
                    ? TaskExecStdoutConfig.TASK_EXEC_STDOUT_CONFIG_DEVNULL
                    : TaskExecStdoutConfig.TASK_EXEC_STDOUT_CONFIG_PIPE)
            .setStderrConfig(stderr(options))
            .putAllEnv(options.environment());
    options.workdir().ifPresent(request::setWorkdir);
    options.secrets().forEach(secret -> request.addSecretIds(secret.id()));
    options.timeout().map(Requests::seconds).ifPresent(request::setTimeoutSecs);
    if (options.pty()) {
      request.setPtyInfo(terminal());
    }
    return request.build();
  }

  private static TaskExecStderrConfig stderr(ExecOptions options) {
    if (options.discardStderr()) {
      return TaskExecStderrConfig.TASK_EXEC_STDERR_CONFIG_DEVNULL;
    }
    return options.mergeStderr()
        ? TaskExecStderrConfig.TASK_EXEC_STDERR_CONFIG_STDOUT
        : TaskExecStderrConfig.TASK_EXEC_STDERR_CONFIG_PIPE;
  }

  private static Resources resources(SandboxOptions options) {
    Resources.Builder resources = Resources.newBuilder();
    options.cpu().ifPresent(cores -> resources.setMilliCpu(thousandths(cores)));
    options.cpuLimit().ifPresent(cores -> resources.setMilliCpuMax(thousandths(cores)));
    options.memoryMiB().ifPresent(resources::setMemoryMb);
    options.memoryLimitMiB().ifPresent(resources::setMemoryMbMax);
    options.diskLimitMiB().ifPresent(resources::setEphemeralDiskMb);
    return resources.build();
  }

  private static NetworkAccess network(SandboxOptions options) {
    NetworkAccess.Builder access = NetworkAccess.newBuilder();
    if (options.blockNetwork()) {
      return access.setNetworkAccessType(NetworkAccessType.BLOCKED).build();
    }
    return options
        .cidrAllowlist()
        .map(
            ranges ->
                access.setNetworkAccessType(NetworkAccessType.ALLOWLIST).addAllAllowedCidrs(ranges))
        .orElseGet(() -> access.setNetworkAccessType(NetworkAccessType.OPEN))
        .build();
  }

  /** A list that opens everything names all domains, too, as the official clients do it. */
  static NetworkAccess networkAccess(List<String> ranges) {
    NetworkAccess.Builder access =
        NetworkAccess.newBuilder()
            .setNetworkAccessType(NetworkAccessType.ALLOWLIST)
            .addAllAllowedCidrs(ranges);
    if (ranges.contains("0.0.0.0/0")) {
      access.addAllowedDomains("*");
    }
    return access.build();
  }

  private static PortSpecs ports(SandboxOptions options) {
    PortSpecs.Builder ports = PortSpecs.newBuilder();
    options.encryptedPorts().forEach(port -> ports.addPorts(PortSpec.newBuilder().setPort(port)));
    options
        .h2Ports()
        .forEach(
            port ->
                ports.addPorts(
                    PortSpec.newBuilder().setPort(port).setTunnelType(TunnelType.TUNNEL_TYPE_H2)));
    options
        .unencryptedPorts()
        .forEach(port -> ports.addPorts(PortSpec.newBuilder().setPort(port).setUnencrypted(true)));
    return ports.build();
  }

  private static Probe probe(ReadinessProbe probe) {
    Probe.Builder wire =
        Probe.newBuilder().setIntervalMs(Math.toIntExact(probe.interval().toMillis()));
    return switch (probe) {
      case ReadinessProbe.Tcp tcp -> wire.setTcpPort(tcp.port()).build();
      case ReadinessProbe.Exec exec ->
          wire.setExecCommand(Probe.ExecCommand.newBuilder().addAllArgv(exec.command())).build();
    };
  }

  private static PTYInfo terminal() {
    return PTYInfo.newBuilder()
        .setEnabled(true)
        .setWinszRows(24)
        .setWinszCols(80)
        .setEnvTerm("xterm-256color")
        .setEnvColorterm("truecolor")
        .setPtyType(PTYType.PTY_TYPE_SHELL)
        .build();
  }

  private static int thousandths(double cores) {
    return (int) Math.round(cores * 1000);
  }

  private static int seconds(Duration duration) {
    return Math.toIntExact(duration.toSeconds());
  }
}
