package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.atoll.protocol.admin.CreateTokenRequest;
import dev.atoll.protocol.admin.ImageName;
import dev.atoll.protocol.admin.InspectSandboxRequest;
import dev.atoll.protocol.admin.RevokeTokenRequest;
import dev.atoll.protocol.admin.TagImageRequest;
import dev.atoll.protocol.modal.EnvironmentCreateRequest;
import dev.atoll.protocol.modal.ImageDeleteRequest;
import dev.atoll.protocol.modal.ImageFromIdRequest;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxGetLogsRequest;
import dev.atoll.protocol.modal.SandboxListRequest;
import dev.atoll.protocol.modal.SandboxStdinWriteRequest;
import dev.atoll.protocol.modal.SandboxTagsSetRequest;
import dev.atoll.protocol.modal.SandboxTerminateRequest;
import dev.atoll.protocol.modal.SandboxWaitRequest;
import dev.atoll.protocol.modal.SecretDeleteRequest;
import dev.atoll.protocol.modal.SecretListRequest;
import dev.atoll.protocol.modal.SecretUpdateRequest;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessRequest;
import dev.atoll.protocol.router.TaskExecPollRequest;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecWaitRequest;
import dev.atoll.protocol.router.TaskMountDirectoryRequest;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Secret;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Somebody with a token for one environment, who knows the ids of what is in another one. */
final class Outsider {
  private final RunningServer server;
  private final String tokenId;
  private final String tokenSecret;
  private final Sandbox others;
  private final String othersTask;
  private final String othersApp;
  private final String othersSecret;
  private final String othersImage;

  /** Has a sandbox and a secret of the default environment in view. */
  Outsider(RunningServer server, String tokenId, String tokenSecret, Sandbox others, Secret secret)
      throws IOException {
    this.server = server;
    this.tokenId = tokenId;
    this.tokenSecret = tokenSecret;
    this.others = others;
    try (Wire operator = Wire.to(server);
        Atoll client = server.client()) {
      othersTask =
          operator
              .admin()
              .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(others.id()).build())
              .getTaskId();
      othersApp = client.apps().fromName("command-line").id();
      othersSecret = secret.id();
      othersImage = others.snapshotFilesystem().id().orElseThrow();
    }
  }

  /** Everything that names something of the other environment is refused as if it weren't there. */
  void seesNothingOfOthers() throws IOException {
    try (Wire wire = wire()) {
      var api = wire.control();
      String id = others.id();
      missing(() -> api.sandboxWait(SandboxWaitRequest.newBuilder().setSandboxId(id).build()));
      missing(
          () ->
              api.sandboxTerminate(SandboxTerminateRequest.newBuilder().setSandboxId(id).build()));
      missing(
          () -> api.sandboxTagsSet(SandboxTagsSetRequest.newBuilder().setSandboxId(id).build()));
      missing(
          () ->
              api.sandboxStdinWrite(
                  SandboxStdinWriteRequest.newBuilder().setSandboxId(id).build()));
      missing(
          () ->
              api.sandboxGetLogs(
                      SandboxGetLogsRequest.newBuilder()
                          .setSandboxId(id)
                          .setFileDescriptorValue(1)
                          .build())
                  .next());
      missing(
          () ->
              wire.admin()
                  .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(id).build()));
      missing(
          () ->
              api.taskGetCommandRouterAccess(
                  TaskGetCommandRouterAccessRequest.newBuilder().setTaskId(othersTask).build()));
      missing(() -> api.sandboxList(SandboxListRequest.newBuilder().setAppId(othersApp).build()));
      missing(
          () -> api.sandboxCreate(SandboxCreateRequest.newBuilder().setAppId(othersApp).build()));
      missing(
          () ->
              api.secretDelete(SecretDeleteRequest.newBuilder().setSecretId(othersSecret).build()));
      missing(
          () ->
              api.secretUpdate(SecretUpdateRequest.newBuilder().setSecretId(othersSecret).build()));
      missing(
          () -> api.secretList(SecretListRequest.newBuilder().setEnvironmentName("main").build()));
      missing(
          () -> api.imageFromId(ImageFromIdRequest.newBuilder().setImageId(othersImage).build()));
      missing(
          () -> api.imageDelete(ImageDeleteRequest.newBuilder().setImageId(othersImage).build()));
      assertThat(api.sandboxList(SandboxListRequest.getDefaultInstance()).getSandboxesList())
          .isEmpty();
      assertThat(api.environmentList(Empty.getDefaultInstance()).getItemsList())
          .singleElement()
          .satisfies(item -> assertThat(item.getName()).isEqualTo("tenant"));
    }
    assertThat(others.exec("echo", "untouched").readText()).isEqualTo("untouched\n");
  }

  /** What is for operators is refused as such. */
  void mayNotDoWhatConcernsAll() throws IOException {
    try (Wire wire = wire()) {
      var admin = wire.admin();
      List<ThrowingCallable> calls =
          List.of(
              () -> admin.listTokens(Empty.getDefaultInstance()),
              () -> admin.createToken(CreateTokenRequest.newBuilder().setName("more").build()),
              () -> admin.revokeToken(RevokeTokenRequest.newBuilder().setTokenId(tokenId).build()),
              () -> wire.importImage(Path.of("/etc"), "mine:1"),
              () ->
                  admin.tagImage(
                      TagImageRequest.newBuilder().setName("tiny:1").setTag("mine:1").build()),
              () -> admin.removeImage(ImageName.newBuilder().setName("tiny:1").build()),
              () ->
                  wire.control()
                      .environmentCreate(
                          EnvironmentCreateRequest.newBuilder().setName("x").build()),
              () -> admin.drain(Empty.getDefaultInstance()).next());
      for (ThrowingCallable call : calls) {
        Status status = refusal(call);
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("a token for all environments");
      }
    }
  }

  /** The exec path, too, gives a sandbox no secret and no image of another environment. */
  void cantTakeWhatIsNotItsOwnIntoASandbox(Sandbox own) throws IOException {
    try (Wire wire = wire()) {
      var access = wire.access(own.id());
      String task = task(wire, own);
      var router = wire.router(access.getJwt());
      missing(
          () ->
              router.taskExecStart(
                  TaskExecStartRequest.newBuilder()
                      .setTaskId(task)
                      .setExecId("thief")
                      .addAllCommandArgs(List.of("env"))
                      .addSecretIds(othersSecret)
                      .build()));
      missing(
          () ->
              router.taskMountDirectory(
                  TaskMountDirectoryRequest.newBuilder()
                      .setTaskId(task)
                      .setPath(ByteString.copyFromUtf8("/srv"))
                      .setImageId(othersImage)
                      .build()));
    }
  }

  /** A call that waits ends when the token is revoked, and no further one is taken. */
  void openCallsEndWithTheToken(Sandbox own, Revocation revocation)
      throws IOException, InterruptedException {
    try (Atoll operator = server.client();
        Sandbox same = operator.sandboxes().fromId(own.id());
        Wire wire = wire()) {
      String jwt = wire.access(own.id()).getJwt();
      String task = task(wire, own);
      var router = wire.router(jwt);
      var started =
          router.taskExecStart(
              TaskExecStartRequest.newBuilder()
                  .setTaskId(task)
                  .setExecId("long")
                  .addAllCommandArgs(List.of("sleep", "100"))
                  .build());
      assertThat(started.isInitialized()).isTrue();
      var end =
          CompletableFuture.supplyAsync(
              () ->
                  router.taskExecWait(
                      TaskExecWaitRequest.newBuilder().setTaskId(task).setExecId("long").build()));
      assertThatThrownBy(() -> end.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      revocation.run();
      ExecutionException cut =
          catchThrowableOfType(ExecutionException.class, () -> end.get(5, TimeUnit.SECONDS));
      assertThat(Status.fromThrowable(cut).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      TaskExecPollRequest poll =
          TaskExecPollRequest.newBuilder().setTaskId(task).setExecId("long").build();
      assertThat(refusal(() -> router.taskExecPoll(poll)).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(refusal(() -> wire.access(own.id())).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(same.exec("echo", "runs on").readText()).isEqualTo("runs on\n");
    }
  }

  /** What an operator does. */
  @FunctionalInterface
  interface Revocation {
    /** Returns once the token is revoked. */
    void run() throws IOException, InterruptedException;
  }

  private Wire wire() {
    return Wire.to(server.address(), tokenId, tokenSecret);
  }

  private static String task(Wire wire, Sandbox sandbox) {
    return wire.admin()
        .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(sandbox.id()).build())
        .getTaskId();
  }

  private static void missing(ThrowingCallable call) {
    Status status = refusal(call);
    assertThat(status.getCode()).as(status.toString()).isEqualTo(Status.Code.NOT_FOUND);
  }

  private static Status refusal(ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
  }
}
