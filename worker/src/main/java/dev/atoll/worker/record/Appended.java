package dev.atoll.worker.record;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file to which messages are appended, each with its length before it.
 *
 * @param records nothing is removed once they are closed
 */
record Appended(Path file, TaskRecords records) {
  /** Makes the file anew, with one message. */
  void begin(MessageLite message) throws IOException {
    write(
        message,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** Appends to the file, which may be missing. */
  void append(MessageLite message) throws IOException {
    write(message, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void write(MessageLite message, OpenOption... options) throws IOException {
    ByteArrayOutputStream delimited = new ByteArrayOutputStream();
    message.writeDelimitedTo(delimited);
    ByteBuffer bytes = ByteBuffer.wrap(delimited.toByteArray());
    try (FileChannel channel = FileChannel.open(file, options)) {
      long before = channel.size();
      try {
        // In one write: it is there as a whole, or not at all, unless the disk is full.
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException full) {
        channel.truncate(before);
        throw full;
      }
    }
  }

  /** What is in the file; nothing when it is missing. */
  InputStream open() throws IOException {
    try {
      return new ByteArrayInputStream(Files.readAllBytes(file));
    } catch (NoSuchFileException none) {
      return InputStream.nullInputStream();
    }
  }

  /** The next message; empty at the end, and where the last one was half written. */
  static <T> Optional<T> next(InputStream in, Parser<T> parser) throws IOException {
    try {
      return Optional.ofNullable(parser.parseDelimitedFrom(in));
    } catch (InvalidProtocolBufferException torn) {
      return Optional.empty();
    }
  }

  void remove() throws IOException {
    if (!records.isClosed()) {
      Files.deleteIfExists(file);
    }
  }
}
