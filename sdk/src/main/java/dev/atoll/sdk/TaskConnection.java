package dev.atoll.sdk;

import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxGetTaskIdRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdResponse;
import dev.atoll.sdk.transport.ControlPlane;
import dev.atoll.sdk.transport.Router;

/** The task of a sandbox: whom to ask for execs, and how to work with files. */
record TaskConnection(Router router, FileCalls files) {
  private static final long PAUSE_MILLIS = 500;

  /** Waits until the sandbox has a task. */
  static TaskConnection to(ControlPlane controlPlane, String sandboxId) {
    SandboxGetTaskIdRequest request =
        SandboxGetTaskIdRequest.newBuilder().setSandboxId(sandboxId).build();
    while (true) {
      SandboxGetTaskIdResponse answer =
          controlPlane.call(ModalClientGrpc.getSandboxGetTaskIdMethod(), request);
      if (answer.hasTaskResult()) {
        throw ended(sandboxId, answer.getTaskResult());
      }
      if (!answer.getTaskId().isEmpty()) {
        String taskId = answer.getTaskId();
        return new TaskConnection(controlPlane.router(taskId), new FileCalls(controlPlane, taskId));
      }
      pause();
    }
  }

  private static FailedPreconditionException ended(String sandboxId, GenericResult result) {
    String why = result.getException().isEmpty() ? "" : ": " + result.getException();
    return new FailedPreconditionException("Sandbox " + sandboxId + " has ended" + why);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallInterruptedException("Interrupted while the sandbox starts", e);
    }
  }
}
