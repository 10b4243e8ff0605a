package dev.atoll.server;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** Runs a server until SIGINT, SIGTERM or an operator's drain. */
public final class ServerMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServerMain.class);
  private static final long LONGEST_STOP_MILLIS = 9_500;

  private ServerMain() {}

  private enum Stop {
    END_SANDBOXES,
    HAND_OVER
  }

  /**
   * Runs a server with those flags. SIGTERM ends it and leaves its sandboxes to the next server;
   * SIGINT, and an operator who has drained it, end it with its sandboxes.
   *
   * @return the process's exit code: 0 after a clean stop, 1 when it could not start
   */
  public static int run(ServerArguments arguments, PrintStream errors) {
    CompletableFuture<Stop> stop = new CompletableFuture<>();
    Signal.handle(new Signal("INT"), signal -> stop.complete(Stop.END_SANDBOXES));
    Signal.handle(new Signal("TERM"), signal -> stop.complete(Stop.HAND_OVER));
    try {
      Optional<PassedSocket> passed = PassedSocket.take(System.getenv());
      ServerConfig given = arguments.toConfig(System.getenv());
      ServerConfig config = passed.map(socket -> given.withListen(socket.address())).orElse(given);
      try (AtollServer server = AtollServer.start(config, passed)) {
        var _ = server.drained().thenRun(() -> stop.complete(Stop.END_SANDBOXES));
        Stop how = stop.get();
        LOG.info("stopping {}", server.url());
        giveUpLater();
        if (how == Stop.HAND_OVER) {
          tellWhoStays(server.handOver(), config, errors);
        }
        return 0;
      }
    } catch (AtollException expected) {
      errors.println("atoll serve: " + expected.getMessage());
    } catch (IOException refused) {
      errors.println("atoll serve: " + refused);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
    return 1;
  }

  private static void tellWhoStays(int sandboxes, ServerConfig config, PrintStream errors) {
    if (sandboxes > 0) {
      errors.printf(
          "atoll serve: %d %s on without a server, until %s ends. A server on %s takes %s back;"
              + " 'atoll drain --data-dir %s' ends them then.%n",
          sandboxes,
          sandboxes == 1 ? "sandbox runs" : "sandboxes run",
          sandboxes == 1 ? "its lifetime" : "the lifetime of each",
          config.dataDirectory(),
          sandboxes == 1 ? "it" : "them",
          config.dataDirectory());
    }
  }

  /** A stop that hangs ends all the same: the next start clears what it has left. */
  private static void giveUpLater() {
    Thread.ofPlatform()
        .name("atoll-stop-limit")
        .daemon()
        .start(
            () -> {
              try {
                Thread.sleep(LONGEST_STOP_MILLIS);
                LOG.error("the stop took too long; the next start clears what is left");
                Runtime.getRuntime().halt(1);
              } catch (InterruptedException ended) {
                // The process ends in time.
              }
            });
  }
}
