package dev.atoll.worker.router;

import dev.atoll.worker.SecretSource;
import dev.atoll.worker.TaskTokens;
import dev.atoll.worker.calls.Calls;
import dev.atoll.worker.snapshot.Snapshots;
import dev.atoll.worker.task.Tasks;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.util.List;

/** The services that clients call on a worker itself. */
public final class ClientServices {
  private ClientServices() {}

  /** Each behind the gate that checks a call's token. */
  public static List<BindableService> create(
      Tasks tasks,
      Snapshots snapshots,
      ImageMounts mounts,
      Calls calls,
      SecretSource secrets,
      TaskTokens tokens) {
    GatedCalls gated = new GatedCalls(calls);
    TokenGate gate = new TokenGate(tokens);
    return List.of(
        behind(gate, new CommandRouter(tasks, snapshots, mounts, gated, new ExecRequests(secrets))),
        behind(gate, new ExecControl(tasks, gated)));
  }

  private static BindableService behind(TokenGate gate, BindableService service) {
    return () -> ServerInterceptors.intercept(service, gate);
  }
}
