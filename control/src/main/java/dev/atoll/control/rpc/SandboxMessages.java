package dev.atoll.control.rpc;

import dev.atoll.control.sandboxes.EndResults;
import dev.atoll.control.sandboxes.SandboxSpec;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.sandboxes.StartBreakdowns;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.protocol.modal.ResourceInfo;
import dev.atoll.protocol.modal.SandboxHandleMetadata;
import dev.atoll.protocol.modal.SandboxInfo;
import dev.atoll.protocol.modal.SandboxTag;
import dev.atoll.protocol.modal.TaskInfo;
import java.util.List;
import java.util.Map;

/** Sandboxes as the wire shows them. */
final class SandboxMessages {
  private static final long MEBIBYTE = 1024 * 1024;

  private SandboxMessages() {}

  static SandboxHandleMetadata metadata(SandboxRow row) {
    SandboxHandleMetadata.Builder metadata =
        SandboxHandleMetadata.newBuilder().setAppId(row.appId());
    row.end().map(EndResults::of).ifPresent(metadata::setResult);
    return metadata.build();
  }

  static SandboxInfo info(Sandboxes.Listed listed) {
    SandboxRow row = listed.row();
    SandboxSpec spec = SandboxSpec.fromJson(row.spec());
    TaskInfo.Builder task = TaskInfo.newBuilder().setId(row.taskId()).setSandboxId(row.sandboxId());
    row.start().ifPresent(start -> task.setStartedAt(Clock.seconds(start.startedAt())));
    row.end().ifPresent(end -> task.setFinishedAt(end.getEndedAt()).setResult(EndResults.of(end)));
    SandboxInfo.Builder info =
        SandboxInfo.newBuilder()
            .setId(row.sandboxId())
            .setCreatedAt(Clock.seconds(row.createdAt()))
            .setTaskInfo(task)
            .setAppId(row.appId())
            .addAllTags(tags(listed.tags()))
            .setName(row.name().orElse(""))
            .setImageId(row.imageId())
            .setResourceInfo(resources(spec))
            .setTimeoutSecs((int) (spec.lifetimeMillis() / 1000))
            .setMetadata(metadata(row));
    if (spec.idleTimeoutMillis() > 0) {
      info.setIdleTimeoutSecs((int) (spec.idleTimeoutMillis() / 1000));
    }
    return info.build();
  }

  static double createdAt(Sandboxes.Listed listed) {
    return Clock.seconds(listed.row().createdAt());
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

  static dev.atoll.protocol.admin.Sandbox inspection(Sandboxes.Listed listed) {
    SandboxRow row = listed.row();
    SandboxSpec spec = SandboxSpec.fromJson(row.spec());
    dev.atoll.protocol.admin.Sandbox.Builder sandbox =
        dev.atoll.protocol.admin.Sandbox.newBuilder()
            .setSandboxId(row.sandboxId())
            .setTaskId(row.taskId())
            .setApp(listed.app())
            .setName(row.name().orElse(""))
            .setImageId(row.imageId())
            .setState(row.state().label())
            .setCreatedAt(Clock.seconds(row.createdAt()))
            .addAllCommand(spec.command())
            .setResources(spec.resources())
            .setLifetimeMillis(spec.lifetimeMillis());
    spec.proxy()
        .ifPresent(proxy -> sandbox.setProxy((proxy.name() + " " + proxy.address()).strip()));
    spec.placement()
        .ifPresent(
            placement -> sandbox.setCloud(placement.cloud()).addAllRegions(placement.regions()));
    row.start()
        .ifPresent(
            start ->
                sandbox
                    .setStartedAt(Clock.seconds(start.startedAt()))
                    .setTier(start.tier())
                    .setRuntime(start.runtime())
                    .setBreakdown(StartBreakdowns.fromJson(start.breakdown())));
    row.end().ifPresent(sandbox::setEnded);
    return sandbox.build();
  }

  private static ResourceInfo resources(SandboxSpec spec) {
    return ResourceInfo.newBuilder()
        .setMilliCpu(ResourceInfo.ResourceValue.newBuilder().setValue(spec.cpuRequestMillis()))
        .setMilliCpuMax(spec.cpuLimitMillis())
        .setMemoryMb(
            ResourceInfo.ResourceValue.newBuilder()
                .setValue((int) (spec.memoryRequestBytes() / MEBIBYTE)))
        .setMemoryMbMax((int) (spec.memoryLimitBytes() / MEBIBYTE))
        .build();
  }
}
