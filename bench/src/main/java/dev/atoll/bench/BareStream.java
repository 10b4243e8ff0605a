package dev.atoll.bench;

import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecStdioReadRequest;
import dev.atoll.protocol.router.TaskExecStdioReadResponse;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.List;

/** What one gRPC stream carries between two processes that do nothing else. */
final class BareStream implements AutoCloseable {
  private static final int WINDOW = 8 << 20;

  private final Process server;
  private final ManagedChannel channel;

  private BareStream(Process server, ManagedChannel channel) {
    this.server = server;
    this.channel = channel;
  }

  /** Starts the other process. */
  static BareStream start() throws IOException {
    Process server =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    BareServer.class.getName()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String port =
        server.inputReader().lines().filter(l -> l.matches("\\d+")).findFirst().orElse("");
    if (port.isEmpty()) {
      throw new IOException("the bare server did not start");
    }
    return new BareStream(
        server,
        OkHttpChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(port))
            .usePlaintext()
            .flowControlWindow(WINDOW)
            .build());
  }

  /** Reads so much, and digests it as the reader of a sandbox's output does. */
  double megabytesPerSecond(long megabytes) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long bytes = 0;
    long start = System.nanoTime();
    Iterator<TaskExecStdioReadResponse> messages =
        TaskCommandRouterGrpc.newBlockingStub(channel)
            .taskExecStdioRead(
                TaskExecStdioReadRequest.newBuilder().setOffset(megabytes << 20).build());
    while (messages.hasNext()) {
      byte[] data = messages.next().getData().toByteArray();
      digest.update(data);
      bytes += data.length;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (bytes != megabytes << 20 || digest.digest().length == 0) {
      throw new IOException("the stream ended after " + bytes + " bytes");
    }
    return bytes / 1e6 / seconds;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.destroy();
  }
}
