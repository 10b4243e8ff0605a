package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.atoll.protocol.modal.ContainerFileCloseRequest;
import dev.atoll.protocol.modal.ContainerFileFlushRequest;
import dev.atoll.protocol.modal.ContainerFileOpenRequest;
import dev.atoll.protocol.modal.ContainerFileReadRequest;
import dev.atoll.protocol.modal.ContainerFileSeekRequest;
import dev.atoll.protocol.modal.ContainerFileWriteRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.SeekWhence;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An open file in a sandbox. What was written is visible to processes in the sandbox after {@link
 * #flush()} or {@link #close()}. Calls block; used by one thread at a time. Failures of the file
 * system are {@link SandboxFilesystemException}s.
 */
public final class SandboxFile implements AutoCloseable {
  // Several times larger than a round trip's worth of bytes, and far below the limit of a message.
  private static final int LARGEST_WRITE = 8 << 20;

  private final FileCalls calls;
  private final String descriptor;
  private final AtomicLong changes;
  private boolean closed;

  private SandboxFile(FileCalls calls, String descriptor, AtomicLong changes) {
    this.calls = calls;
    this.descriptor = descriptor;
    this.changes = changes;
  }

  /**
   * Opens one.
   *
   * @param mode a symbol of {@link FileMode}
   * @param changes counts what this client may have changed in the sandbox
   */
  static SandboxFile open(FileCalls calls, String path, String mode, AtomicLong changes) {
    if (!mode.equals(FileMode.READ.symbol())) {
      changes.incrementAndGet();
    }
    ContainerFileOpenRequest open =
        ContainerFileOpenRequest.newBuilder().setPath(path).setMode(mode).build();
    return new SandboxFile(
        calls,
        calls.open(ContainerFilesystemExecRequest.newBuilder().setFileOpenRequest(open)),
        changes);
  }

  /** Reads from the current position to the end, at most 100 MiB; empty at the end. */
  public byte[] read() {
    return read(ContainerFileReadRequest.newBuilder());
  }

  /**
   * Reads at most the given number of bytes from the current position; empty at the end.
   *
   * @param maximum 1 or more
   */
  public byte[] read(int maximum) {
    if (maximum < 1) {
      throw new InvalidArgumentException("maximum must be at least 1, not " + maximum);
    }
    return read(ContainerFileReadRequest.newBuilder().setN(maximum));
  }

  /** As {@link #read()}, decoded as UTF-8. */
  public String readText() {
    return new String(read(), StandardCharsets.UTF_8);
  }

  /** Writes the bytes. */
  public void write(byte[] bytes) {
    checkOpen();
    changes.incrementAndGet();
    for (int start = 0; start < bytes.length; start += LARGEST_WRITE) {
      int length = Math.min(LARGEST_WRITE, bytes.length - start);
      ContainerFileWriteRequest.Builder write =
          ContainerFileWriteRequest.newBuilder()
              .setFileDescriptor(descriptor)
              .setData(UnsafeByteOperations.unsafeWrap(bytes, start, length));
      calls.run(ContainerFilesystemExecRequest.newBuilder().setFileWriteRequest(write));
    }
  }

  /** Writes the text as UTF-8. */
  public void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Moves the position, counted from the file's start. */
  void seek(long position) {
    checkOpen();
    // A message has room for two gigabytes.
    int first = (int) Math.min(position, Integer.MAX_VALUE);
    seek(first, SeekWhence.SEEK_SET);
    for (long left = position - first; left > 0; left -= Integer.MAX_VALUE) {
      seek((int) Math.min(left, Integer.MAX_VALUE), SeekWhence.SEEK_CUR);
    }
  }

  private void seek(int offset, SeekWhence whence) {
    ContainerFileSeekRequest.Builder seek =
        ContainerFileSeekRequest.newBuilder()
            .setFileDescriptor(descriptor)
            .setOffset(offset)
            .setWhence(whence);
    calls.run(ContainerFilesystemExecRequest.newBuilder().setFileSeekRequest(seek));
  }

  /** Makes what was written visible to others. */
  public void flush() {
    checkOpen();
    calls.run(
        ContainerFilesystemExecRequest.newBuilder()
            .setFileFlushRequest(
                ContainerFileFlushRequest.newBuilder().setFileDescriptor(descriptor)));
  }

  /** Closes the file; does nothing when it is closed already. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      calls.run(
          ContainerFilesystemExecRequest.newBuilder()
              .setFileCloseRequest(
                  ContainerFileCloseRequest.newBuilder().setFileDescriptor(descriptor)));
    }
  }

  private byte[] read(ContainerFileReadRequest.Builder request) {
    checkOpen();
    ByteString bytes =
        calls.run(
            ContainerFilesystemExecRequest.newBuilder()
                .setFileReadRequest(request.setFileDescriptor(descriptor)));
    return bytes.toByteArray();
  }

  private void checkOpen() {
    if (closed) {
      throw new FailedPreconditionException("The file is closed; open it again");
    }
  }
}
