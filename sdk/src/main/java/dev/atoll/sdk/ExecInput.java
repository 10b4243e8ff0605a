package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecStdinWriteRequest;
import dev.atoll.sdk.transport.Router;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A process's stdin. Every write says at which byte it begins, so that repeating it is harmless.
 */
final class ExecInput extends OutputStream {
  private static final int LARGEST_WRITE = 1 << 20;

  private final Router router;
  private final String execId;
  private long offset;
  private boolean closed;

  ExecInput(Router router, String execId) {
    this.router = router;
    this.execId = execId;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int start, int length) throws IOException {
    Objects.checkFromIndexSize(start, length, bytes.length);
    if (closed) {
      throw new IOException("stdin is closed");
    }
    for (int done = 0; done < length; done += LARGEST_WRITE) {
      int count = Math.min(LARGEST_WRITE, length - done);
      send(UnsafeByteOperations.unsafeWrap(bytes, start + done, count), false);
      offset += count;
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      send(ByteString.EMPTY, true);
      closed = true;
    }
  }

  private void send(ByteString data, boolean end) throws IOException {
    TaskExecStdinWriteRequest request =
        TaskExecStdinWriteRequest.newBuilder()
            .setTaskId(router.taskId())
            .setExecId(execId)
            .setOffset(offset)
            .setData(data)
            .setEof(end)
            .build();
    try {
      router.call(TaskCommandRouterGrpc.getTaskExecStdinWriteMethod(), request);
    } catch (FailedPreconditionException | NotFoundException e) {
      // The process has ended. Closing its stdin then is no failure, as with a local process.
      if (!end) {
        throw new IOException(e.getMessage(), e);
      }
    } catch (AtollException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
