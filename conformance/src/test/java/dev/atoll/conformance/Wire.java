package dev.atoll.conformance;

import dev.atoll.protocol.admin.AdminGrpc;
import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.ImageProgress;
import dev.atoll.protocol.admin.ImportImageRequest;
import dev.atoll.protocol.exec.ExecControlGrpc;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.ObjectCreationType;
import dev.atoll.protocol.modal.SandboxGetCommandRouterAccessRequest;
import dev.atoll.protocol.modal.SandboxGetCommandRouterAccessResponse;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;

/** A server's services without any client library, for what those don't show. */
final class Wire implements AutoCloseable {
  private final ManagedChannel channel;
  private final Metadata tokenPair;

  private Wire(ManagedChannel channel, Metadata tokenPair) {
    this.channel = channel;
    this.tokenPair = tokenPair;
  }

  static Wire to(RunningServer server) throws IOException {
    return to(server.address(), server.credential("token_id"), server.credential("token_secret"));
  }

  static Wire to(URI address, String tokenId, String tokenSecret) {
    return new Wire(
        OkHttpChannelBuilder.forAddress(address.getHost(), address.getPort())
            .usePlaintext()
            .build(),
        headers(Map.of("x-modal-token-id", tokenId, "x-modal-token-secret", tokenSecret)));
  }

  /** What the command line talks to. */
  AdminGrpc.AdminBlockingStub admin() {
    return AdminGrpc.newBlockingStub(with(tokenPair));
  }

  /** What the official clients talk to. */
  ModalClientGrpc.ModalClientBlockingStub control() {
    return ModalClientGrpc.newBlockingStub(with(tokenPair));
  }

  /** {@link #control()}, whose calls of the same key are one call that is repeated. */
  ModalClientGrpc.ModalClientBlockingStub once(String idempotencyKey) {
    return control()
        .withInterceptors(
            MetadataUtils.newAttachHeadersInterceptor(
                headers(Map.of("x-idempotency-key", idempotencyKey))));
  }

  /** The worker's door, with the token of a task. */
  TaskCommandRouterGrpc.TaskCommandRouterBlockingStub router(String jwt) {
    return TaskCommandRouterGrpc.newBlockingStub(
        with(headers(Map.of("authorization", "Bearer " + jwt))));
  }

  /** The same door, for what goes beyond the client API. */
  ExecControlGrpc.ExecControlBlockingStub execControl(String jwt) {
    return ExecControlGrpc.newBlockingStub(with(headers(Map.of("authorization", "Bearer " + jwt))));
  }

  /** The token of a sandbox's task. */
  SandboxGetCommandRouterAccessResponse access(String sandboxId) {
    return control()
        .sandboxGetCommandRouterAccess(
            SandboxGetCommandRouterAccessRequest.newBuilder().setSandboxId(sandboxId).build());
  }

  /** Makes a named secret, or replaces its variables; without an environment in the default one. */
  void putSecret(String environment, String name, Map<String, String> variables) {
    control()
        .secretGetOrCreate(
            SecretGetOrCreateRequest.newBuilder()
                .setObjectCreationType(
                    ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_OVERWRITE_IF_EXISTS)
                .setEnvironmentName(environment)
                .setDeploymentName(name)
                .putAllEnvDict(variables)
                .build());
  }

  /** Imports an image; its id. */
  String importImage(Path from, String tag) {
    ImportImageRequest request =
        ImportImageRequest.newBuilder().setPath(from.toString()).setTag(tag).build();
    Iterator<ImageProgress> events = admin().importImage(request);
    Image image = Image.getDefaultInstance();
    while (events.hasNext()) {
      image = events.next().getImage();
    }
    return image.getImageId();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private Channel with(Metadata headers) {
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static Metadata headers(Map<String, String> values) {
    Metadata headers = new Metadata();
    values.forEach(
        (name, value) ->
            headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    return headers;
  }
}
