package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.images.Images;
import dev.atoll.control.proxies.Proxies;
import dev.atoll.control.secrets.SecretRules;
import dev.atoll.control.secrets.Secrets;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.IdempotencyTable;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.ImageTable;
import dev.atoll.control.store.PendingStartTable;
import dev.atoll.control.store.ProxyTable;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.control.store.SandboxTagTable;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.TaskSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What a create has written to the store.
 *
 * @param row the sandbox
 * @param task what is to be started; absent when the sandbox was created before
 */
record Creation(SandboxRow row, Optional<TaskSpec> task) {
  private static final String METHOD = "SandboxCreate";

  /** What a call with the same idempotency key has made before. */
  static Optional<SandboxRow> repeated(Handle handle, CreateRequest request) {
    return request
        .idempotencyKey()
        .flatMap(key -> IdempotencyTable.find(handle, key, METHOD))
        .flatMap(id -> SandboxTable.byId(handle, id))
        .filter(row -> Apps.isSeen(handle, row.appId()));
  }

  private static SandboxSpec withProxy(Handle handle, CreateRequest request, SandboxSpec spec) {
    String proxyId = request.definition().getProxyId();
    if (proxyId.isEmpty()) {
      return spec;
    }
    ProxyTable.Row proxy = Proxies.require(handle, proxyId);
    return spec.withProxy(new SandboxSpec.Proxy(proxy.proxyId(), proxy.name(), proxy.address()));
  }

  /**
   * Writes what a create means, unless it is a repetition.
   *
   * @throws AtollException NOT_FOUND for an app, image, proxy or secret that is not there,
   *     ALREADY_EXISTS for a name that is taken
   */
  static Creation insert(
      Handle handle,
      CreateRequest request,
      SandboxSpec checked,
      Optional<String> name,
      Clock clock) {
    Optional<SandboxRow> repeated = repeated(handle, request);
    if (repeated.isPresent()) {
      return new Creation(repeated.get(), Optional.empty());
    }
    String appId = Apps.require(handle, request.appId()).appId();
    ImageTable.Row image = Images.use(handle, request.definition().getImageId());
    SandboxSpec spec = withProxy(handle, request, checked);
    Map<String, String> variables = variables(handle, request);
    if (name.isPresent() && SandboxTable.liveByName(handle, appId, name.get()).isPresent()) {
      throw new AtollException(
          ErrorCode.ALREADY_EXISTS,
          "a running sandbox named '%s' already exists in this app".formatted(name.get()));
    }
    SandboxRow row =
        new SandboxRow(
            Ids.mint("sb"),
            Ids.mintTask(),
            appId,
            name,
            image.imageId(),
            image.digest().orElseThrow(),
            spec.toJson(),
            SandboxTable.State.STARTING,
            clock.unique(),
            Optional.empty(),
            Optional.empty());
    SandboxTable.insert(handle, row);
    TaskSpec task = task(row, spec, variables);
    PendingStartTable.insert(handle, row.sandboxId(), task);
    SandboxTagTable.replace(handle, row.sandboxId(), request.tags());
    request
        .idempotencyKey()
        .ifPresent(
            key -> IdempotencyTable.insert(handle, key, METHOD, row.sandboxId(), row.createdAt()));
    return new Creation(row, Optional.of(task));
  }

  private static Map<String, String> variables(Handle handle, CreateRequest request) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (CreateRequest.Source source : request.sources()) {
      switch (source) {
        case CreateRequest.Source.Secret secret ->
            variables.putAll(Secrets.values(handle, List.of(secret.secretId())));
        case CreateRequest.Source.Variables given -> variables.putAll(given.values());
      }
    }
    SecretRules.check("the sandbox's environment", variables);
    return variables;
  }

  private static TaskSpec task(SandboxRow row, SandboxSpec spec, Map<String, String> variables) {
    TaskSpec.Builder task =
        TaskSpec.newBuilder()
            .setTaskId(row.taskId())
            .setSandboxId(row.sandboxId())
            .setImageDigest(row.digest())
            .addAllCommand(spec.command())
            .putAllEnvironment(variables)
            .setWorkdir(spec.workdir())
            .setResources(spec.resources())
            .setLifetimeMillis(spec.lifetimeMillis())
            .setIdleTimeoutMillis(spec.idleTimeoutMillis());
    spec.ports().forEach(port -> task.addOpenPorts(port.toWire()));
    spec.terminal().ifPresent(terminal -> task.setPty(terminal.toWire()));
    spec.network().ifPresent(network -> task.setNetworkAccess(network.toWire()));
    spec.proxy().ifPresent(proxy -> task.setSourceAddress(proxy.address()));
    spec.readinessProbe().ifPresent(probe -> task.setReadinessProbe(probe.toWire()));
    return task.build();
  }
}
