package dev.atoll.worker.record;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.atoll.cells.ExecEnd;
import dev.atoll.protocol.records.ProcessEnd;
import dev.atoll.protocol.records.ProcessRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The file of one process: how it was started, then how it ended. */
public final class ProcessFile {
  private final Path file;
  private final TaskRecords records;

  ProcessFile(Path file, TaskRecords records) {
    this.file = file;
    this.records = records;
  }

  /**
   * What the file says.
   *
   * @param end empty while it runs, or when nobody heard its end
   */
  public record Content(ProcessRecord process, Optional<ExecEnd> end) {}

  /** Begins the file. */
  public void begin(ProcessRecord process) throws IOException {
    append(
        process,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** Adds the end. */
  public void end(ExecEnd end) throws IOException {
    ProcessEnd.Builder message = ProcessEnd.newBuilder();
    switch (end) {
      case ExecEnd.Exited exited -> message.setCode(exited.code());
      case ExecEnd.Signalled signalled ->
          message
              .setSignal(signalled.signal())
              .setTimeout(signalled.timeout())
              .setOutOfMemory(signalled.outOfMemory());
      case ExecEnd.CellEnded _ -> {
        // The task ends with it, and says why.
        return;
      }
    }
    append(message.build(), StandardOpenOption.APPEND);
  }

  /** What it says; empty when its process was never asked for. */
  public Optional<Content> read() throws IOException {
    try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
      Optional<ProcessRecord> process = Optional.ofNullable(ProcessRecord.parseDelimitedFrom(in));
      if (process.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Content(process.get(), end(in)));
    } catch (NoSuchFileException | InvalidProtocolBufferException incomplete) {
      return Optional.empty();
    }
  }

  /** Removes the file; without effect when there is none. */
  public void remove() throws IOException {
    if (!records.isClosed()) {
      Files.deleteIfExists(file);
    }
  }

  /** An end that was half written was acknowledged to nobody: the agent tells it again. */
  private static Optional<ExecEnd> end(InputStream in) throws IOException {
    try {
      return Optional.ofNullable(ProcessEnd.parseDelimitedFrom(in)).map(ProcessFile::execEnd);
    } catch (InvalidProtocolBufferException torn) {
      return Optional.empty();
    }
  }

  private static ExecEnd execEnd(ProcessEnd end) {
    return end.hasSignal()
        ? new ExecEnd.Signalled(end.getSignal(), end.getTimeout(), end.getOutOfMemory())
        : new ExecEnd.Exited(end.getCode());
  }

  private void append(MessageLite message, StandardOpenOption... options) throws IOException {
    if (records.isClosed()) {
      return;
    }
    ByteArrayOutputStream delimited = new ByteArrayOutputStream();
    message.writeDelimitedTo(delimited);
    // In one write: it is there as a whole, or not at all.
    try (FileChannel channel = FileChannel.open(file, options)) {
      channel.write(ByteBuffer.wrap(delimited.toByteArray()));
    }
  }
}
