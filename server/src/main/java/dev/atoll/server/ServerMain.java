package dev.atoll.server;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** Runs a server until SIGINT or SIGTERM. */
public final class ServerMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServerMain.class);
  private static final long LONGEST_STOP_MILLIS = 9_500;

  private ServerMain() {}

  /**
   * Runs a server with those flags until SIGINT or SIGTERM, and returns the process's exit code: 0
   * after a clean stop, 1 when it could not start.
   */
  public static int run(ServerArguments arguments, PrintStream errors) {
    CountDownLatch stop = new CountDownLatch(1);
    for (String name : List.of("INT", "TERM")) {
      Signal.handle(new Signal(name), signal -> stop.countDown());
    }
    try (AtollServer server = AtollServer.start(arguments.toConfig(System.getenv()))) {
      stop.await();
      LOG.info("stopping {}", server.url());
      giveUpLater();
      return 0;
    } catch (AtollException expected) {
      errors.println("atoll serve: " + expected.getMessage());
    } catch (IOException refused) {
      errors.println("atoll serve: " + refused);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return 1;
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
