package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.modal.FileDescriptor;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxGetLogsRequest;
import dev.atoll.protocol.modal.TaskLogs;
import dev.atoll.protocol.modal.TaskLogsBatch;
import dev.atoll.sdk.transport.ControlPlane;
import dev.atoll.sdk.transport.ResumingStream;
import java.util.List;
import java.util.Optional;

/** What a sandbox's main process writes: text, resumed after the last batch that was read. */
final class MainOutput extends ChunkInputStream {
  private static final float POLL_SECONDS = 55;

  private final ResumingStream<TaskLogsBatch> stream;
  private String lastEntry = "0-0";
  private boolean ended;

  MainOutput(ControlPlane controlPlane, String sandboxId, FileDescriptor descriptor) {
    this.stream =
        controlPlane.stream(
            ModalClientGrpc.getSandboxGetLogsMethod(),
            () ->
                SandboxGetLogsRequest.newBuilder()
                    .setSandboxId(sandboxId)
                    .setFileDescriptor(descriptor)
                    .setTimeout(POLL_SECONDS)
                    .setLastEntryId(lastEntry)
                    .build());
  }

  @Override
  Optional<ByteString> nextChunk() {
    while (!ended) {
      Optional<TaskLogsBatch> next = stream.next();
      if (next.isEmpty()) {
        continue; // the server ends the call now and then; the next one goes on after lastEntry
      }
      TaskLogsBatch batch = next.get();
      ended = batch.getEof();
      if (!batch.getEntryId().isEmpty()) {
        lastEntry = batch.getEntryId();
      }
      List<ByteString> pieces = batch.getItemsList().stream().map(TaskLogs::getDataBytes).toList();
      ByteString data = ByteString.copyFrom(pieces);
      if (!data.isEmpty()) {
        return Optional.of(data);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    stream.close();
  }
}
