package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxStdinWriteRequest;
import dev.atoll.sdk.transport.ControlPlane;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * The stdin of a sandbox's main process. Writes are numbered, so that repeating one is harmless: a
 * write after one that failed has to begin with the same bytes.
 */
final class MainInput extends OutputStream {
  private static final int LARGEST_WRITE = 1 << 20;

  private final ControlPlane controlPlane;
  private final String sandboxId;
  private int index;
  // So many bytes of the write that failed last: the server may have taken them under its number.
  private int unsure;
  private boolean closed;

  MainInput(ControlPlane controlPlane, String sandboxId) {
    this.controlPlane = controlPlane;
    this.sandboxId = sandboxId;
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
    int done = 0;
    while (done < length) {
      int count = Math.min(unsure > 0 ? unsure : LARGEST_WRITE, length - done);
      unsure = count;
      send(UnsafeByteOperations.unsafeWrap(bytes, start + done, count), false);
      unsure = 0;
      done += count;
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      if (unsure > 0) {
        throw new IOException("stdin isn't closed: what failed has to be written again before");
      }
      send(ByteString.EMPTY, true);
      closed = true;
    }
  }

  private void send(ByteString data, boolean end) throws IOException {
    SandboxStdinWriteRequest request =
        SandboxStdinWriteRequest.newBuilder()
            .setSandboxId(sandboxId)
            .setInput(data)
            .setIndex(index + 1)
            .setEof(end)
            .build();
    try {
      controlPlane.call(ModalClientGrpc.getSandboxStdinWriteMethod(), request);
      index++;
    } catch (FailedPreconditionException e) {
      // The process has ended. Closing its stdin then is no failure, as with a local process.
      if (!end) {
        throw new IOException(e.getMessage(), e);
      }
    } catch (AtollException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
