package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecStdioFileDescriptor;
import dev.atoll.protocol.router.TaskExecStdioReadRequest;
import dev.atoll.protocol.router.TaskExecStdioReadResponse;
import dev.atoll.sdk.transport.ResumingStream;
import dev.atoll.sdk.transport.Router;
import java.util.Optional;

/**
 * What a process writes. Asked for when it is read, from the byte that was read last, so that
 * neither a late reader nor a broken connection loses or repeats anything: the server keeps the
 * bytes.
 */
final class ExecOutput extends ChunkInputStream {
  private final ResumingStream<TaskExecStdioReadResponse> stream;
  private long offset;

  ExecOutput(Router router, String execId, TaskExecStdioFileDescriptor descriptor) {
    this.stream =
        router.stream(
            TaskCommandRouterGrpc.getTaskExecStdioReadMethod(),
            () ->
                TaskExecStdioReadRequest.newBuilder()
                    .setTaskId(router.taskId())
                    .setExecId(execId)
                    .setOffset(offset)
                    .setFileDescriptor(descriptor)
                    .build());
  }

  @Override
  Optional<ByteString> nextChunk() {
    Optional<ByteString> data = stream.next().map(TaskExecStdioReadResponse::getData);
    offset += data.map(ByteString::size).orElse(0);
    return data;
  }

  @Override
  public void close() {
    stream.close();
  }
}
