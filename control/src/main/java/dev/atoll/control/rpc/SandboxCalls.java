package dev.atoll.control.rpc;

import dev.atoll.control.calls.AnswerHeaders;
import dev.atoll.control.calls.CallMetadata;
import dev.atoll.control.calls.WirePatience;
import dev.atoll.control.sandboxes.CreateRequest;
import dev.atoll.control.sandboxes.EndResults;
import dev.atoll.control.sandboxes.RouterAccess;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.CommandRouterAccess;
import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxCreateResponse;
import dev.atoll.protocol.modal.SandboxCreateV2Request;
import dev.atoll.protocol.modal.SandboxCreateV2Response;
import dev.atoll.protocol.modal.SandboxGetCommandRouterAccessRequest;
import dev.atoll.protocol.modal.SandboxGetCommandRouterAccessResponse;
import dev.atoll.protocol.modal.SandboxGetFromNameRequest;
import dev.atoll.protocol.modal.SandboxGetFromNameResponse;
import dev.atoll.protocol.modal.SandboxGetTaskIdRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdResponse;
import dev.atoll.protocol.modal.SandboxGetTunnelsRequest;
import dev.atoll.protocol.modal.SandboxGetTunnelsResponse;
import dev.atoll.protocol.modal.SandboxListRequest;
import dev.atoll.protocol.modal.SandboxListResponse;
import dev.atoll.protocol.modal.SandboxTerminateRequest;
import dev.atoll.protocol.modal.SandboxTerminateResponse;
import dev.atoll.protocol.modal.SandboxWaitRequest;
import dev.atoll.protocol.modal.SandboxWaitResponse;
import dev.atoll.protocol.modal.SandboxWaitUntilReadyRequest;
import dev.atoll.protocol.modal.SandboxWaitUntilReadyResponse;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessResponse;
import dev.atoll.protocol.modal.TunnelData;
import dev.atoll.protocol.worker.AwaitReadyRequest;
import dev.atoll.protocol.worker.TaskEnded;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The sandbox calls, which both generations of the wire share. */
final class SandboxCalls {
  private static final Duration START_PATIENCE = Duration.ofSeconds(55);
  private static final String NEVER_READY = "it does not get ready any more";

  private final Sandboxes sandboxes;
  private final RouterAccess router;
  private final WorkerClient worker;

  SandboxCalls(Sandboxes sandboxes, RouterAccess router, WorkerClient worker) {
    this.sandboxes = sandboxes;
    this.router = router;
    this.worker = worker;
  }

  SandboxCreateResponse create(SandboxCreateRequest request) throws InterruptedException {
    SandboxRow row = sandboxes.create(CreateRequest.of(request, CallMetadata.idempotencyKey()));
    return SandboxCreateResponse.newBuilder()
        .setSandboxId(row.sandboxId())
        .setMetadata(SandboxMessages.metadata(row))
        .build();
  }

  /** Its client goes to the router at once: the answer waits until the router knows the task. */
  SandboxCreateV2Response createV2(SandboxCreateV2Request request) throws InterruptedException {
    SandboxRow row = sandboxes.create(CreateRequest.of(request, CallMetadata.idempotencyKey()));
    sandboxes.awaitStart(row.sandboxId(), START_PATIENCE);
    sandboxes
        .startBreakdown(row.sandboxId())
        .ifPresent(start -> AnswerHeaders.put(AnswerHeaders.START, start));
    RouterAccess.Grant grant = grant(row.taskId());
    return SandboxCreateV2Response.newBuilder()
        .addAllTunnels(sandboxes.tunnels(row.sandboxId()))
        .setSandboxId(row.sandboxId())
        .setTaskId(row.taskId())
        .setMetadata(SandboxMessages.metadata(row))
        .setCommandRouterAccess(
            CommandRouterAccess.newBuilder().setJwt(grant.token()).setUrl(grant.url()))
        .build();
  }

  SandboxGetTaskIdResponse taskId(SandboxGetTaskIdRequest request) throws InterruptedException {
    Duration patience =
        request.hasTimeout() ? WirePatience.of(request.getTimeout()) : START_PATIENCE;
    sandboxes.awaitStart(request.getSandboxId(), patience);
    SandboxRow row = sandboxes.require(request.getSandboxId());
    SandboxGetTaskIdResponse.Builder response =
        SandboxGetTaskIdResponse.newBuilder().setTaskId(row.taskId());
    row.end().map(EndResults::of).ifPresent(response::setTaskResult);
    return response.build();
  }

  SandboxGetTunnelsResponse tunnels(SandboxGetTunnelsRequest request) throws InterruptedException {
    Optional<List<TunnelData>> tunnels =
        sandboxes.awaitTunnels(request.getSandboxId(), WirePatience.of(request.getTimeout()));
    SandboxGetTunnelsResponse.Builder response = SandboxGetTunnelsResponse.newBuilder();
    return tunnels
        .map(response::addAllTunnels)
        .orElseGet(
            () ->
                response.setResult(
                    GenericResult.newBuilder()
                        .setStatus(GenericResult.GenericStatus.GENERIC_STATUS_TIMEOUT)
                        .setException("the sandbox does not run yet")))
        .build();
  }

  /** Waits until the sandbox runs and its readiness probe has succeeded. */
  SandboxWaitUntilReadyResponse awaitReady(SandboxWaitUntilReadyRequest request)
      throws InterruptedException {
    Duration patience = WirePatience.of(request.getTimeout());
    long begin = System.nanoTime();
    SandboxRow row = sandboxes.requireRunning(request.getSandboxId(), patience, NEVER_READY);
    Duration left = patience.minusNanos(System.nanoTime() - begin);
    AwaitReadyRequest ask =
        AwaitReadyRequest.newBuilder()
            .setTaskId(row.taskId())
            .setPatienceMillis(Math.max(0, left.toMillis()))
            .build();
    try {
      return SandboxWaitUntilReadyResponse.newBuilder()
          .setReadyAt(worker.awaitReady(ask).getReadyAtMicros() / 1e6)
          .build();
    } catch (AtollException failure) {
      throw failure.code() == ErrorCode.NOT_FOUND ? Sandboxes.ended(row, NEVER_READY) : failure;
    }
  }

  SandboxWaitResponse await(SandboxWaitRequest request) throws InterruptedException {
    Optional<TaskEnded> end =
        sandboxes.awaitEnd(request.getSandboxId(), WirePatience.of(request.getTimeout()));
    SandboxWaitResponse.Builder response =
        SandboxWaitResponse.newBuilder()
            .setMetadata(SandboxMessages.metadata(sandboxes.require(request.getSandboxId())));
    end.map(EndResults::of).ifPresent(response::setResult);
    return response.build();
  }

  SandboxTerminateResponse terminate(SandboxTerminateRequest request) {
    SandboxTerminateResponse.Builder response = SandboxTerminateResponse.newBuilder();
    sandboxes
        .terminate(request.getSandboxId())
        .map(EndResults::of)
        .ifPresent(response::setExistingResult);
    return response.build();
  }

  SandboxListResponse list(SandboxListRequest request) {
    boolean byApp = !request.getAppId().isEmpty() && request.getEnvironmentName().isEmpty();
    SandboxListResponse.Builder response = SandboxListResponse.newBuilder();
    sandboxes
        .list(
            byApp ? Optional.empty() : Optional.of(request.getEnvironmentName()),
            request.getAppId().isEmpty() ? Optional.empty() : Optional.of(request.getAppId()),
            request.getBeforeTimestamp() > 0
                ? Optional.of(request.getBeforeTimestamp())
                : Optional.empty(),
            request.getIncludeFinished(),
            request.getTagsList())
        .forEach(listed -> response.addSandboxes(SandboxMessages.info(listed)));
    return response.build();
  }

  SandboxGetFromNameResponse fromName(SandboxGetFromNameRequest request) {
    SandboxRow row =
        sandboxes.byName(
            request.getEnvironmentName(),
            request.getAppName(),
            request.getSandboxName(),
            request.getIncludeTerminated());
    return SandboxGetFromNameResponse.newBuilder()
        .setSandboxId(row.sandboxId())
        .setMetadata(SandboxMessages.metadata(row))
        .build();
  }

  TaskGetCommandRouterAccessResponse accessByTask(String taskId) {
    RouterAccess.Grant grant = grant(sandboxes.requireByTask(taskId).taskId());
    return TaskGetCommandRouterAccessResponse.newBuilder()
        .setUrl(grant.url())
        .setJwt(grant.token())
        .build();
  }

  SandboxGetCommandRouterAccessResponse access(SandboxGetCommandRouterAccessRequest request) {
    SandboxRow row =
        switch (request.getTargetCase()) {
          case SANDBOX_ID -> sandboxes.require(request.getSandboxId());
          case TASK_ID -> sandboxes.requireByTask(request.getTaskId());
          case TARGET_NOT_SET -> throw AtollException.invalid("name a sandbox_id or a task_id");
        };
    RouterAccess.Grant grant = grant(row.taskId());
    return SandboxGetCommandRouterAccessResponse.newBuilder()
        .setUrl(grant.url())
        .setJwt(grant.token())
        .build();
  }

  private RouterAccess.Grant grant(String taskId) {
    String authority =
        CallMetadata.authority()
            .orElseThrow(
                () ->
                    new AtollException(
                        ErrorCode.FAILED_PRECONDITION, "the call names no authority (host:port)"));
    return router.grant(taskId, new RouterAccess.Dialled(authority, CallMetadata.plainScheme()));
  }
}
