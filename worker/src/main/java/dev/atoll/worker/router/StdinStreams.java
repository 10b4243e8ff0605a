package dev.atoll.worker.router;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.router.TaskExecStdinWriteStreamRequest;
import dev.atoll.protocol.router.TaskExecStdinWriteStreamResponse;
import dev.atoll.protocol.router.TaskExecStdinWriteStreamStart;
import dev.atoll.worker.calls.Source;
import dev.atoll.worker.process.TaskProcess;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Input that comes as a stream: a start, data, an end. A process has one such stream at a time; a
 * newer one, or a question for the state, evicts it. Thread-safe.
 */
final class StdinStreams {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final Map<TaskProcess, Thread> active = new ConcurrentHashMap<>();

  /** The first message; INVALID_ARGUMENT when it is another. */
  static TaskExecStdinWriteStreamStart start(Source<TaskExecStdinWriteStreamRequest> source)
      throws InterruptedException {
    Optional<TaskExecStdinWriteStreamRequest> first = source.next();
    if (first.isEmpty() || !first.get().hasStart()) {
      throw AtollException.invalid("the first message of a stdin stream must be its start");
    }
    return first.get().getStart();
  }

  /** Writes all that follows the start. A stream that breaks off leaves stdin open. */
  TaskExecStdinWriteStreamResponse write(
      TaskProcess process, long offset, Source<TaskExecStdinWriteStreamRequest> source)
      throws InterruptedException {
    evict(process);
    active.put(process, Thread.currentThread());
    try {
      long at = offset;
      while (true) {
        TaskExecStdinWriteStreamRequest next =
            source
                .next()
                .orElseThrow(
                    () ->
                        AtollException.invalid("the stdin stream stopped without its end message"));
        switch (next.getPayloadCase()) {
          case DATA -> {
            process.writeStdin(at, next.getData().asReadOnlyByteBuffer(), false);
            at += next.getData().size();
          }
          case END -> {
            process.writeStdin(at, EMPTY, true);
            return TaskExecStdinWriteStreamResponse.getDefaultInstance();
          }
          case START, PAYLOAD_NOT_SET ->
              throw AtollException.invalid("only data and an end may follow a stream's start");
        }
      }
    } catch (InterruptedException stopped) {
      if (active.get(process) != Thread.currentThread()) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION, "another call took this process's stdin over");
      }
      throw stopped;
    } finally {
      active.remove(process, Thread.currentThread());
    }
  }

  /** Ends the stream that is under way, if there is one. */
  void evict(TaskProcess process) {
    Optional.ofNullable(active.remove(process)).ifPresent(Thread::interrupt);
  }
}
