package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.store.Ids;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link WorkerMain} in a JVM of its own, and the network's way to it. */
final class WorkerProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile(WorkerMain.READY + "(\\d+)\\.");
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Process process;
  private final Path folder;
  private final String instanceId;
  private final SignedTokens tokens;
  private final ManagedChannel channel;

  private WorkerProcess(
      Process process, Path folder, String instanceId, SignedTokens tokens, int port) {
    this.process = process;
    this.folder = folder;
    this.instanceId = instanceId;
    this.tokens = tokens;
    channel = OkHttpChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  /** Starts a worker of that tier in an empty folder. Blocks until it takes calls. */
  static WorkerProcess start(String tier, Path folder) throws IOException, InterruptedException {
    String instanceId = Ids.random(8).toLowerCase(Locale.ROOT);
    Files.writeString(folder.resolve("config.yaml"), MachineConfig.forTier(tier));
    SignedTokens tokens = SignedTokens.open(folder.resolve(WorkerMain.KEY));
    Path log = folder.resolve("worker.log");
    List<String> command = new ArrayList<>(AtollProcess.java());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            WorkerMain.class.getName(),
            folder.toString(),
            instanceId));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      boolean ended = !process.isAlive();
      String said = Files.readString(log);
      Matcher ready = READY.matcher(said);
      if (ready.find()) {
        int port = Integer.parseInt(ready.group(1));
        return new WorkerProcess(process, folder, instanceId, tokens, port);
      }
      if (ended || System.nanoTime() > deadline) {
        process.destroyForcibly().waitFor();
        throw new IOException("the worker was not ready within " + START_LIMIT + ": " + said);
      }
      Thread.sleep(20);
    }
  }

  /** The control plane's side. */
  WorkerClient client() {
    return new WorkerClient(channel);
  }

  /** A client's side, with the token that the control plane gives for a task. */
  TaskCommandRouterGrpc.TaskCommandRouterBlockingStub router(String taskId) {
    return withToken(tokens.sign(SignedTokens.Audience.ROUTER, taskId, "", Duration.ofMinutes(5)));
  }

  /** A client's side, with a token that it says it has. */
  TaskCommandRouterGrpc.TaskCommandRouterBlockingStub withToken(String token) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return TaskCommandRouterGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Its process's id. */
  long pid() {
    return process.pid();
  }

  /**
   * Closes its standard input, as this process's death would; it must end well, in time, and leave
   * nothing on the host.
   */
  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    boolean ended = process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    channel.shutdownNow();
    String log = "its log:\n" + Files.readString(folder.resolve("worker.log"));
    assertThat(ended).as("the worker ended within %s; %s", STOP_LIMIT, log).isTrue();
    assertThat(process.exitValue()).as("exit code; %s", log).isZero();
    assertThat(Leftovers.of(instanceId, folder.toString())).as("left; %s", log).isEmpty();
  }
}
