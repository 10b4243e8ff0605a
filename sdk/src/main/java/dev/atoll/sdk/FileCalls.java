package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.modal.ContainerFilesystemExecGetOutputRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import dev.atoll.protocol.modal.FilesystemRuntimeOutputBatch;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SystemErrorCode;
import dev.atoll.protocol.modal.SystemErrorMessage;
import dev.atoll.sdk.transport.ControlPlane;
import dev.atoll.sdk.transport.ResumingStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** File operations in one task: each is started by one call, and its outcome read by another. */
final class FileCalls {
  private static final float OUTPUT_SECONDS = 55;

  private final ControlPlane controlPlane;
  private final String taskId;

  FileCalls(ControlPlane controlPlane, String taskId) {
    this.controlPlane = controlPlane;
    this.taskId = taskId;
  }

  /** Opens a file and returns its descriptor, which is valid only once the outcome was read. */
  String open(ContainerFilesystemExecRequest.Builder request) {
    ContainerFilesystemExecResponse answer = start(request);
    output(answer.getExecId());
    return answer.getFileDescriptor();
  }

  /** Runs an operation and returns what it put out. */
  ByteString run(ContainerFilesystemExecRequest.Builder request) {
    return output(start(request).getExecId());
  }

  private ContainerFilesystemExecResponse start(ContainerFilesystemExecRequest.Builder request) {
    return controlPlane.call(
        ModalClientGrpc.getContainerFilesystemExecMethod(), request.setTaskId(taskId).build());
  }

  private ByteString output(String execId) {
    ContainerFilesystemExecGetOutputRequest request =
        ContainerFilesystemExecGetOutputRequest.newBuilder()
            .setExecId(execId)
            .setTimeout(OUTPUT_SECONDS)
            .build();
    // A call that is opened again starts from the beginning, so what an earlier one gave is
    // dropped.
    List<ByteString> pieces = new ArrayList<>();
    try (ResumingStream<FilesystemRuntimeOutputBatch> stream =
        controlPlane.stream(
            ModalClientGrpc.getContainerFilesystemExecGetOutputMethod(),
            () -> {
              pieces.clear();
              return request;
            })) {
      while (true) {
        Optional<FilesystemRuntimeOutputBatch> next = stream.next();
        if (next.isEmpty()) {
          continue;
        }
        FilesystemRuntimeOutputBatch batch = next.get();
        pieces.addAll(batch.getOutputList());
        if (batch.getEof()) {
          return ByteString.copyFrom(pieces);
        }
        if (batch.hasError()) {
          throw failure(batch.getError());
        }
      }
    }
  }

  private static SandboxFilesystemException failure(SystemErrorMessage error) {
    SystemErrorCode errno = error.getErrorCode();
    ErrorCode code =
        switch (errno) {
          case SYSTEM_ERROR_CODE_NOENT -> ErrorCode.NOT_FOUND;
          case SYSTEM_ERROR_CODE_EXIST -> ErrorCode.ALREADY_EXISTS;
          case SYSTEM_ERROR_CODE_PERM, SYSTEM_ERROR_CODE_ACCES -> ErrorCode.PERMISSION_DENIED;
          case SYSTEM_ERROR_CODE_INVAL -> ErrorCode.INVALID_ARGUMENT;
          case SYSTEM_ERROR_CODE_NOSPC,
              SYSTEM_ERROR_CODE_FBIG,
              SYSTEM_ERROR_CODE_MFILE,
              SYSTEM_ERROR_CODE_NOMEM ->
              ErrorCode.RESOURCE_EXHAUSTED;
          default -> ErrorCode.FAILED_PRECONDITION;
        };
    int number = errno == SystemErrorCode.UNRECOGNIZED ? 0 : errno.getNumber();
    return new SandboxFilesystemException(code, number, error.getErrorMessage());
  }
}
