package dev.atoll.worker;

import io.grpc.BindableService;

/** A worker that is at work. Thread-safe. */
public interface Worker extends AutoCloseable {
  /** atoll.worker.Worker, for the control plane. It checks no credentials. */
  BindableService workerService();

  /**
   * modal.task_command_router.TaskCommandRouter, for clients. It checks each call's token itself.
   * Streams wait for readers, so a server must pass a client's readiness on, and must let calls
   * last.
   */
  BindableService commandRouter();

  /**
   * Takes no more work, ends every task with 'server stopping', tells the watchers and releases
   * everything. Blocks for at most 8 seconds. The cell host and the image store stay open.
   */
  @Override
  void close();
}
