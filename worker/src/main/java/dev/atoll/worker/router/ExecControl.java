package dev.atoll.worker.router;

import com.google.protobuf.Empty;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.exec.ExecControlGrpc;
import dev.atoll.protocol.exec.SignalExecRequest;
import dev.atoll.worker.task.Tasks;
import io.grpc.stub.StreamObserver;

/** What can be asked of an exec beyond the client API. */
final class ExecControl extends ExecControlGrpc.ExecControlImplBase {
  /** SIGRTMAX (signal(7)). */
  private static final int HIGHEST_SIGNAL = 64;

  private final Tasks tasks;
  private final GatedCalls calls;

  ExecControl(Tasks tasks, GatedCalls calls) {
    this.tasks = tasks;
    this.calls = calls;
  }

  @Override
  public void signalExec(SignalExecRequest request, StreamObserver<Empty> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          int signal = request.getSignal();
          if (signal < 1 || signal > HIGHEST_SIGNAL) {
            throw AtollException.invalid(
                "signal %d: must be 1 to %d, such as 15 (SIGTERM) or 9 (SIGKILL)",
                signal, HIGHEST_SIGNAL);
          }
          tasks.running(request.getTaskId()).idle().touch();
          tasks.find(request.getTaskId()).execs().find(request.getExecId()).signal(signal);
          return Empty.getDefaultInstance();
        });
  }
}
