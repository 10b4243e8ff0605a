package dev.atoll.cli;

import com.google.protobuf.Empty;
import dev.atoll.protocol.admin.DrainProgress;
import dev.atoll.protocol.admin.ListSandboxesRequest;
import dev.atoll.server.LeftBehind;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = {
      "Has a server take no new sandboxes, end all that run, and stop; returns when it has. They end as "
          + "terminated by the operator.",
      "Stopping a server with SIGTERM leaves its sandboxes running for the next one: docs/reliability.md."
    })
final class DrainCommand implements Callable<Integer> {
  private static final long SERVER_ENDS_SECONDS = 20;

  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  DrainCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<DataFolder> folder = target.folder(surroundings.environment());
    Optional<DataFolder.RunningServer> running = folder.flatMap(DataFolder::runningServer);
    if (folder.isPresent() && running.isEmpty()) {
      withoutServer(folder.get());
      return 0;
    }
    // Taken before the server ends: its number may be another process's later.
    Optional<ProcessHandle> process = running.flatMap(server -> ProcessHandle.of(server.pid()));
    try (ServerConnection server =
            new ServerConnection(target.resolve(surroundings.environment()));
        Progress progress = new Progress(surroundings.err())) {
      int count =
          server
              .admin()
              .listSandboxes(ListSandboxesRequest.getDefaultInstance())
              .getSandboxesCount();
      progress.step("Ending " + count + (count == 1 ? " sandbox" : " sandboxes"));
      endSandboxes(server, progress);
      progress.step("Stopping the server");
      if (process.isPresent()) {
        awaitEnd(process.get());
      }
      surroundings.out().println("No sandbox of the server runs any more, and it has stopped.");
    }
    return 0;
  }

  private void withoutServer(DataFolder folder) throws IOException {
    try {
      int left = LeftBehind.sandboxes(folder.path());
      if (left > 0) {
        throw new CliException(
            "no server runs on %s, but %s that one has left may: 'atoll serve --data-dir %s' takes back what runs; repeat this then"
                .formatted(
                    folder.path(), left == 1 ? "a sandbox" : left + " sandboxes", folder.path()));
      }
    } catch (AccessDeniedException denied) {
      throw new CliException(
          "only the owner may read " + folder.path() + ": run this as that user", denied);
    }
    surroundings.out().println("No server runs on " + folder.path() + ", and no sandbox of one.");
  }

  /** The stream ends, or breaks because the server was quicker to stop. */
  private static void endSandboxes(ServerConnection server, Progress progress) {
    boolean begun = false;
    try {
      Iterator<DrainProgress> answers = server.admin().drain(Empty.getDefaultInstance());
      while (answers.hasNext()) {
        progress.log(answers.next().getLeft() + " left\n");
        begun = true;
      }
    } catch (StatusRuntimeException broken) {
      if (!begun) {
        throw broken;
      }
    }
  }

  private static void awaitEnd(ProcessHandle server) throws InterruptedException {
    try {
      server.onExit().get(SERVER_ENDS_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new CliException(
          "the server (process %d) has not stopped within %d s: look at its log"
              .formatted(server.pid(), SERVER_ENDS_SECONDS),
          late);
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
  }
}
