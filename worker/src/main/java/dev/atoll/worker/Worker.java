package dev.atoll.worker;

import io.grpc.BindableService;
import java.util.List;

/** A worker that is at work. Thread-safe. */
public interface Worker extends AutoCloseable {
  /** atoll.worker.Worker, for the control plane. It checks no credentials. */
  BindableService workerService();

  /**
   * For clients: modal.task_command_router.TaskCommandRouter and atoll.exec.ExecControl. They check
   * each call's token themselves. Streams wait for readers, so a server must pass a client's
   * readiness on, and must let calls last.
   */
  List<BindableService> clientServices();

  /** How many blank cells wait for creates now. */
  int waitingCells();

  /**
   * Takes no more work and leaves the tasks that run to the next worker on this host: they run on
   * meanwhile. Streams end with UNAVAILABLE; starts that are under way are given up. {@link #close}
   * afterwards ends no task. Blocks for milliseconds.
   */
  void handOver();

  /**
   * Takes no more work, ends every task with 'server stopping', tells the watchers and releases
   * everything. Blocks for at most 8 seconds. The cell host and the image store stay open.
   */
  @Override
  void close();
}
