package dev.atoll.server;

import dev.atoll.protocol.errors.StatusMapping;
import dev.atoll.worker.Worker;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The way from the control plane to a worker in the same process: gRPC without a network. */
final class LocalWorker implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 1;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private final ManagedChannel channel;

  private LocalWorker(Worker worker) {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .executor(threads)
            .addService(worker.workerService())
            .build();
    channel = InProcessChannelBuilder.forName(name).executor(threads).build();
  }

  /** Offers a worker's service, and connects to it. */
  static LocalWorker connect(Worker worker) {
    LocalWorker local = new LocalWorker(worker);
    try {
      local.server.start();
    } catch (IOException failure) {
      local.close();
      throw StatusMapping.fromStatus(failure);
    }
    return local;
  }

  /** A channel to the worker's service. */
  ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    try {
      channel.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
      server.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
  }
}
