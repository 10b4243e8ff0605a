package dev.atoll.cells.network;

import dev.atoll.cells.CellException;
import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.process.Command;
import dev.atoll.cells.process.StandingProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers the cells' name queries: a dnsmasq on one address, asking the host's resolvers or those
 * that were configured. It is started again when it dies. The host's own /etc/hosts stays private.
 */
final class NameForwarder implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration START_LIMIT = Duration.ofSeconds(5);
  private static final Duration PROBE_PAUSE = Duration.ofMillis(5);

  private final StandingProcess process;

  private NameForwarder(StandingProcess process) {
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param address where it listens
   * @param upstreams resolvers to ask; empty means those of /etc/resolv.conf, followed as it
   *     changes
   * @param group where its process belongs
   * @param folder for its pid file
   */
  static NameForwarder start(
      String address, Optional<List<String>> upstreams, ControlGroup group, Path folder)
      throws CellException, InterruptedException {
    List<String> command = new ArrayList<>();
    StringBuilder script = new StringBuilder("set -e\n");
    for (Path entrance : group.entrances()) {
      script.append("echo $$ > ").append(entrance).append('\n');
    }
    command.addAll(List.of("sh", "-c", script + "exec dnsmasq \"$@\"", "sh"));
    command.addAll(
        List.of(
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--no-hosts",
            // A sandbox need not know which resolvers the host has (servers.bind).
            "--no-ident",
            "--bind-interfaces",
            "--except-interface=lo",
            "--listen-address=" + address,
            "--user=nobody",
            "--group=nogroup",
            "--pid-file=" + folder.resolve("dnsmasq.pid"),
            "--log-facility=-",
            "--cache-size=1000",
            "--bogus-priv"));
    upstreams.ifPresent(
        servers -> {
          command.add("--no-resolv");
          servers.forEach(server -> command.add("--server=" + server));
        });
    NameForwarder forwarder;
    try {
      forwarder =
          new NameForwarder(
              StandingProcess.start("the name forwarder", command, FIRST_PAUSE, LONGEST_PAUSE));
    } catch (IOException e) {
      throw new CellException("the name forwarder can't be started: " + e.getMessage(), e);
    }
    forwarder.awaitListening(address);
    return forwarder;
  }

  /** Cells may ask as soon as they boot. */
  private void awaitListening(String address) throws CellException, InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(address, 53), (int) START_LIMIT.toMillis());
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          close();
          throw new CellException(
              "the name forwarder does not start: " + Command.quote(process.complaints()), e);
        }
      }
      Thread.sleep(PROBE_PAUSE);
    }
  }

  /** Lets go of the process, which stays. */
  void handOver() {
    process.handOver();
  }

  @Override
  public void close() {
    process.close();
  }
}
