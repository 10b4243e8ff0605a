package dev.atoll.doctor.attack;

import dev.atoll.protocol.admin.AdminGrpc;
import dev.atoll.protocol.admin.ImportImageRequest;
import dev.atoll.protocol.modal.EnvironmentCreateRequest;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.ObjectCreationType;
import dev.atoll.protocol.modal.SandboxGetTaskIdRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessRequest;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.transport.Channels;
import dev.atoll.sdk.transport.Credentials;
import dev.atoll.sdk.transport.Endpoint;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The server's calls as they are on the wire, for what the SDK does not let one do. */
final class ServerApi implements AutoCloseable {
  private final Channels channels = new Channels(Optional.empty(), "atoll-doctor");
  private final Endpoint endpoint;
  private final Credentials credentials;

  ServerApi(String url, Credentials credentials) {
    this.endpoint = Endpoint.parse(url);
    this.credentials = credentials;
  }

  /** A task and what opens it. */
  record Access(String taskId, String token) {
    @Override
    public String toString() {
      return "Access[" + taskId + "]";
    }
  }

  Channel channel() {
    return channels.to(endpoint);
  }

  /** The Sandbox API with a token pair. */
  ModalClientGrpc.ModalClientBlockingStub api(Credentials pair) {
    return ModalClientGrpc.newBlockingStub(as(pair));
  }

  void importImage(Path path, String tag) {
    ImportImageRequest request =
        ImportImageRequest.newBuilder().setPath(path.toString()).setTag(tag).build();
    AdminGrpc.newBlockingStub(as(credentials))
        .importImage(request)
        .forEachRemaining(progress -> {});
  }

  void createEnvironment(String name) {
    var unused =
        api(credentials)
            .environmentCreate(EnvironmentCreateRequest.newBuilder().setName(name).build());
  }

  void createSecret(String environment, String name, Map<String, String> values) {
    var unused =
        api(credentials)
            .secretGetOrCreate(
                SecretGetOrCreateRequest.newBuilder()
                    .setDeploymentName(name)
                    .setEnvironmentName(environment)
                    .setObjectCreationType(
                        ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS)
                    .putAllEnvDict(values)
                    .build());
  }

  /** What a client gets to talk to a sandbox's task. */
  Access access(Sandbox sandbox) {
    String task =
        api(credentials)
            .sandboxGetTaskId(
                SandboxGetTaskIdRequest.newBuilder().setSandboxId(sandbox.id()).build())
            .getTaskId();
    var answer =
        api(credentials)
            .taskGetCommandRouterAccess(
                TaskGetCommandRouterAccessRequest.newBuilder().setTaskId(task).build());
    return new Access(task, answer.getJwt());
  }

  @Override
  public void close() {
    channels.close();
  }

  private Channel as(Credentials pair) {
    Metadata headers = new Metadata();
    headers.put(key("x-modal-token-id"), pair.tokenId());
    headers.put(key("x-modal-token-secret"), pair.tokenSecret());
    return ClientInterceptors.intercept(
        channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
