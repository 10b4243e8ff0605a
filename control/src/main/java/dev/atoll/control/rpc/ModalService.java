package dev.atoll.control.rpc;

import com.google.protobuf.Empty;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.calls.CallMetadata;
import dev.atoll.control.calls.Calls;
import dev.atoll.protocol.modal.AppGetOrCreateRequest;
import dev.atoll.protocol.modal.AppGetOrCreateResponse;
import dev.atoll.protocol.modal.AuthTokenGetRequest;
import dev.atoll.protocol.modal.AuthTokenGetResponse;
import dev.atoll.protocol.modal.ClientHelloResponse;
import dev.atoll.protocol.modal.ContainerFilesystemExecGetOutputRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import dev.atoll.protocol.modal.EnvironmentCreateRequest;
import dev.atoll.protocol.modal.EnvironmentDeleteRequest;
import dev.atoll.protocol.modal.EnvironmentGetOrCreateRequest;
import dev.atoll.protocol.modal.EnvironmentGetOrCreateResponse;
import dev.atoll.protocol.modal.EnvironmentListItem;
import dev.atoll.protocol.modal.EnvironmentListResponse;
import dev.atoll.protocol.modal.EnvironmentUpdateRequest;
import dev.atoll.protocol.modal.FilesystemRuntimeOutputBatch;
import dev.atoll.protocol.modal.ImageDeleteRequest;
import dev.atoll.protocol.modal.ImageFromIdRequest;
import dev.atoll.protocol.modal.ImageFromIdResponse;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.modal.ImageGetOrCreateResponse;
import dev.atoll.protocol.modal.ImageJoinStreamingRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingResponse;
import dev.atoll.protocol.modal.ModalClientGrpc.ModalClientImplBase;
import dev.atoll.protocol.modal.ProxyGetRequest;
import dev.atoll.protocol.modal.ProxyGetResponse;
import dev.atoll.protocol.modal.SandboxCreateConnectTokenRequest;
import dev.atoll.protocol.modal.SandboxCreateConnectTokenResponse;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxCreateResponse;
import dev.atoll.protocol.modal.SandboxCreateV2Request;
import dev.atoll.protocol.modal.SandboxCreateV2Response;
import dev.atoll.protocol.modal.SandboxGetCommandRouterAccessRequest;
import dev.atoll.protocol.modal.SandboxGetCommandRouterAccessResponse;
import dev.atoll.protocol.modal.SandboxGetFromNameRequest;
import dev.atoll.protocol.modal.SandboxGetFromNameResponse;
import dev.atoll.protocol.modal.SandboxGetLogsRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdResponse;
import dev.atoll.protocol.modal.SandboxGetTunnelsRequest;
import dev.atoll.protocol.modal.SandboxGetTunnelsResponse;
import dev.atoll.protocol.modal.SandboxListRequest;
import dev.atoll.protocol.modal.SandboxListResponse;
import dev.atoll.protocol.modal.SandboxSnapshotFsRequest;
import dev.atoll.protocol.modal.SandboxSnapshotFsResponse;
import dev.atoll.protocol.modal.SandboxStdinWriteRequest;
import dev.atoll.protocol.modal.SandboxStdinWriteResponse;
import dev.atoll.protocol.modal.SandboxTagsGetRequest;
import dev.atoll.protocol.modal.SandboxTagsGetResponse;
import dev.atoll.protocol.modal.SandboxTagsSetRequest;
import dev.atoll.protocol.modal.SandboxTerminateRequest;
import dev.atoll.protocol.modal.SandboxTerminateResponse;
import dev.atoll.protocol.modal.SandboxWaitRequest;
import dev.atoll.protocol.modal.SandboxWaitResponse;
import dev.atoll.protocol.modal.SandboxWaitUntilReadyRequest;
import dev.atoll.protocol.modal.SandboxWaitUntilReadyResponse;
import dev.atoll.protocol.modal.SecretDeleteRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateResponse;
import dev.atoll.protocol.modal.SecretListRequest;
import dev.atoll.protocol.modal.SecretListResponse;
import dev.atoll.protocol.modal.SecretUpdateRequest;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessRequest;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessResponse;
import dev.atoll.protocol.modal.TaskLogsBatch;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/** The Sandbox API's control plane. A call that isn't here is answered with UNIMPLEMENTED. */
public final class ModalService extends ModalClientImplBase {
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(60);

  private final ControlParts parts;
  private final SandboxCalls sandboxes;
  private final SnapshotCalls snapshots;
  private final ConnectCalls connects;

  /** Creates it. */
  public ModalService(ControlParts parts) {
    this.parts = parts;
    sandboxes = new SandboxCalls(parts.sandboxes(), parts.routerAccess(), parts.worker());
    snapshots = new SnapshotCalls(parts.sandboxes(), parts.worker());
    connects = new ConnectCalls(parts.sandboxes(), parts.worker());
  }

  @Override
  public void authTokenGet(
      AuthTokenGetRequest request, StreamObserver<AuthTokenGetResponse> observer) {
    Calls.answer(
        observer,
        () ->
            AuthTokenGetResponse.newBuilder()
                .setToken(
                    parts
                        .signedTokens()
                        .sign(SignedTokens.Audience.CONTROL, tokenId(), tokenId(), TOKEN_LIFE))
                .build());
  }

  @Override
  public void clientHello(Empty request, StreamObserver<ClientHelloResponse> observer) {
    Calls.answer(
        observer,
        () ->
            ClientHelloResponse.newBuilder()
                .setImageBuilderVersion(Environments.IMAGE_BUILDER_VERSION)
                .build());
  }

  @Override
  public void appGetOrCreate(
      AppGetOrCreateRequest request, StreamObserver<AppGetOrCreateResponse> observer) {
    Calls.answer(observer, () -> parts.apps().getOrCreate(request));
  }

  @Override
  public void environmentGetOrCreate(
      EnvironmentGetOrCreateRequest request,
      StreamObserver<EnvironmentGetOrCreateResponse> observer) {
    Calls.answer(observer, () -> parts.environments().getOrCreate(request));
  }

  @Override
  public void environmentList(Empty request, StreamObserver<EnvironmentListResponse> observer) {
    Calls.answer(observer, () -> parts.environments().list());
  }

  @Override
  public void environmentCreate(EnvironmentCreateRequest request, StreamObserver<Empty> observer) {
    answerEmpty(observer, () -> parts.environments().create(request));
  }

  @Override
  public void environmentUpdate(
      EnvironmentUpdateRequest request, StreamObserver<EnvironmentListItem> observer) {
    Calls.answer(observer, () -> parts.environments().update(request));
  }

  @Override
  public void environmentDelete(EnvironmentDeleteRequest request, StreamObserver<Empty> observer) {
    answerEmpty(
        observer,
        () -> {
          List<String> tasks = parts.environments().delete(request);
          parts.tokenPairs().reload();
          tasks.forEach(parts.worker()::forgetTask);
        });
  }

  @Override
  public void secretGetOrCreate(
      SecretGetOrCreateRequest request, StreamObserver<SecretGetOrCreateResponse> observer) {
    Calls.answer(
        observer, () -> parts.secrets().getOrCreate(request, CallMetadata.idempotencyKey()));
  }

  @Override
  public void proxyGet(ProxyGetRequest request, StreamObserver<ProxyGetResponse> observer) {
    Calls.answer(
        observer,
        () -> ProxyGetResponse.newBuilder().setProxy(parts.proxies().get(request)).build());
  }

  @Override
  public void secretList(SecretListRequest request, StreamObserver<SecretListResponse> observer) {
    Calls.answer(observer, () -> parts.secrets().list(request));
  }

  @Override
  public void secretUpdate(SecretUpdateRequest request, StreamObserver<Empty> observer) {
    answerEmpty(observer, () -> parts.secrets().update(request));
  }

  @Override
  public void secretDelete(SecretDeleteRequest request, StreamObserver<Empty> observer) {
    answerEmpty(observer, () -> parts.secrets().delete(request));
  }

  @Override
  public void imageGetOrCreate(
      ImageGetOrCreateRequest request, StreamObserver<ImageGetOrCreateResponse> observer) {
    Calls.answer(
        observer, () -> parts.images().getOrCreate(request, CallMetadata.idempotencyKey()));
  }

  @Override
  public void imageJoinStreaming(
      ImageJoinStreamingRequest request, StreamObserver<ImageJoinStreamingResponse> observer) {
    Calls.stream(observer, outlet -> parts.buildFollower().follow(request, outlet::send));
  }

  @Override
  public void imageFromId(
      ImageFromIdRequest request, StreamObserver<ImageFromIdResponse> observer) {
    Calls.answer(observer, () -> parts.images().fromId(request));
  }

  @Override
  public void imageDelete(ImageDeleteRequest request, StreamObserver<Empty> observer) {
    answerEmpty(observer, () -> parts.images().delete(request));
  }

  @Override
  public void sandboxCreate(
      SandboxCreateRequest request, StreamObserver<SandboxCreateResponse> observer) {
    Calls.answer(observer, () -> sandboxes.create(request));
  }

  @Override
  public void sandboxCreateV2(
      SandboxCreateV2Request request, StreamObserver<SandboxCreateV2Response> observer) {
    Calls.answer(observer, () -> sandboxes.createV2(request));
  }

  @Override
  public void sandboxGetTaskId(
      SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> observer) {
    Calls.answer(observer, () -> sandboxes.taskId(request));
  }

  @Override
  public void sandboxGetTaskIdV2(
      SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> observer) {
    sandboxGetTaskId(request, observer);
  }

  @Override
  public void sandboxGetTunnels(
      SandboxGetTunnelsRequest request, StreamObserver<SandboxGetTunnelsResponse> observer) {
    Calls.answer(observer, () -> sandboxes.tunnels(request));
  }

  @Override
  public void sandboxGetTunnelsV2(
      SandboxGetTunnelsRequest request, StreamObserver<SandboxGetTunnelsResponse> observer) {
    sandboxGetTunnels(request, observer);
  }

  @Override
  public void sandboxCreateConnectToken(
      SandboxCreateConnectTokenRequest request,
      StreamObserver<SandboxCreateConnectTokenResponse> observer) {
    Calls.answer(observer, () -> connects.create(request));
  }

  @Override
  public void sandboxCreateConnectTokenV2(
      SandboxCreateConnectTokenRequest request,
      StreamObserver<SandboxCreateConnectTokenResponse> observer) {
    sandboxCreateConnectToken(request, observer);
  }

  @Override
  public void sandboxWait(
      SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> observer) {
    Calls.answer(observer, () -> sandboxes.await(request));
  }

  @Override
  public void sandboxWaitV2(
      SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> observer) {
    sandboxWait(request, observer);
  }

  @Override
  public void sandboxWaitUntilReady(
      SandboxWaitUntilReadyRequest request,
      StreamObserver<SandboxWaitUntilReadyResponse> observer) {
    Calls.answer(observer, () -> sandboxes.awaitReady(request));
  }

  @Override
  public void sandboxTerminate(
      SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> observer) {
    Calls.answer(observer, () -> sandboxes.terminate(request));
  }

  @Override
  public void sandboxTerminateV2(
      SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> observer) {
    sandboxTerminate(request, observer);
  }

  @Override
  public void sandboxSnapshotFs(
      SandboxSnapshotFsRequest request, StreamObserver<SandboxSnapshotFsResponse> observer) {
    Calls.answer(observer, () -> snapshots.filesystem(request));
  }

  @Override
  public void sandboxList(
      SandboxListRequest request, StreamObserver<SandboxListResponse> observer) {
    Calls.answer(observer, () -> sandboxes.list(request));
  }

  @Override
  public void sandboxListV2(
      SandboxListRequest request, StreamObserver<SandboxListResponse> observer) {
    sandboxList(request, observer);
  }

  @Override
  public void sandboxGetFromName(
      SandboxGetFromNameRequest request, StreamObserver<SandboxGetFromNameResponse> observer) {
    Calls.answer(observer, () -> sandboxes.fromName(request));
  }

  @Override
  public void sandboxGetFromNameV2(
      SandboxGetFromNameRequest request, StreamObserver<SandboxGetFromNameResponse> observer) {
    sandboxGetFromName(request, observer);
  }

  @Override
  public void sandboxTagsSet(SandboxTagsSetRequest request, StreamObserver<Empty> observer) {
    answerEmpty(
        observer, () -> parts.sandboxes().setTags(request.getSandboxId(), request.getTagsList()));
  }

  @Override
  public void sandboxTagsSetV2(SandboxTagsSetRequest request, StreamObserver<Empty> observer) {
    sandboxTagsSet(request, observer);
  }

  @Override
  public void sandboxTagsGet(
      SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> observer) {
    Calls.answer(
        observer,
        () ->
            SandboxTagsGetResponse.newBuilder()
                .addAllTags(
                    SandboxMessages.tags(parts.sandboxes().inspect(request.getSandboxId()).tags()))
                .build());
  }

  @Override
  public void sandboxTagsGetV2(
      SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> observer) {
    sandboxTagsGet(request, observer);
  }

  @Override
  public void sandboxGetLogs(
      SandboxGetLogsRequest request, StreamObserver<TaskLogsBatch> observer) {
    Calls.stream(
        observer,
        outlet -> parts.mainProcess().readOutput(request, outlet.context(), outlet::send));
  }

  @Override
  public void sandboxStdinWrite(
      SandboxStdinWriteRequest request, StreamObserver<SandboxStdinWriteResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          parts.mainProcess().writeStdin(request);
          return SandboxStdinWriteResponse.getDefaultInstance();
        });
  }

  @Override
  public void taskGetCommandRouterAccess(
      TaskGetCommandRouterAccessRequest request,
      StreamObserver<TaskGetCommandRouterAccessResponse> observer) {
    Calls.answer(observer, () -> sandboxes.accessByTask(request.getTaskId()));
  }

  @Override
  public void sandboxGetCommandRouterAccess(
      SandboxGetCommandRouterAccessRequest request,
      StreamObserver<SandboxGetCommandRouterAccessResponse> observer) {
    Calls.answer(observer, () -> sandboxes.access(request));
  }

  @Override
  public void containerFilesystemExec(
      ContainerFilesystemExecRequest request,
      StreamObserver<ContainerFilesystemExecResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          parts.sandboxes().requireByTask(request.getTaskId());
          return parts.worker().filesystemExec(request);
        });
  }

  @Override
  public void containerFilesystemExecGetOutput(
      ContainerFilesystemExecGetOutputRequest request,
      StreamObserver<FilesystemRuntimeOutputBatch> observer) {
    Calls.stream(
        observer,
        outlet -> {
          checkTask(request.getExecId());
          Context previous = outlet.context().attach();
          try {
            Iterator<FilesystemRuntimeOutputBatch> batches =
                parts.worker().filesystemOutput(request);
            while (batches.hasNext() && outlet.send(batches.next())) {}
          } finally {
            outlet.context().detach(previous);
          }
        });
  }

  /** An operation's id begins with its task's, and whoever sees all environments sees all tasks. */
  private void checkTask(String operationId) {
    if (Caller.current().environmentId().isPresent()) {
      int end = operationId.lastIndexOf('.');
      var unused = parts.sandboxes().requireByTask(operationId.substring(0, Math.max(0, end)));
    }
  }

  private static String tokenId() {
    return Caller.current().tokenId();
  }

  private static void answerEmpty(StreamObserver<Empty> observer, Runnable work) {
    Calls.answer(
        observer,
        () -> {
          work.run();
          return Empty.getDefaultInstance();
        });
  }
}
