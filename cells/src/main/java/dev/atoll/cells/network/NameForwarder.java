package dev.atoll.cells.network;

import dev.atoll.cells.CellException;
import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
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
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration START_LIMIT = Duration.ofSeconds(5);
  private static final Duration PROBE_PAUSE = Duration.ofMillis(5);

  private final List<String> command;
  private final Path log;
  private Process process;
  private boolean closed;

  private NameForwarder(List<String> command, Path log) throws CellException {
    this.command = command;
    this.log = log;
    this.process = start();
  }

  /**
   * Starts it.
   *
   * @param address where it listens
   * @param upstreams resolvers to ask; empty means those of /etc/resolv.conf, followed as it
   *     changes
   * @param group where its process belongs
   * @param folder for its pid file and log
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
    NameForwarder forwarder = new NameForwarder(command, folder.resolve("dnsmasq.log"));
    forwarder.awaitListening(address);
    forwarder.watch(forwarder.process);
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
          throw new CellException("the name forwarder does not start: " + complaints(), e);
        }
      }
      Thread.sleep(PROBE_PAUSE);
    }
  }

  private String complaints() {
    try {
      return Command.quote(Files.readString(log));
    } catch (IOException e) {
      return "it left no log";
    }
  }

  @Override
  public void close() {
    Process last;
    synchronized (this) {
      closed = true;
      last = process;
    }
    last.destroyForcibly();
    last.onExit().join();
  }

  private Process start() throws CellException {
    try {
      return new ProcessBuilder(command)
          .redirectInput(new java.io.File("/dev/null"))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(log.toFile())
          .start();
    } catch (IOException e) {
      throw new CellException("the name forwarder can't be started: " + e.getMessage(), e);
    }
  }

  private void watch(Process started) {
    Thread.ofVirtual()
        .name("name-forwarder")
        .start(
            () -> {
              started.onExit().join();
              restart();
            });
  }

  private void restart() {
    try {
      Thread.sleep(PAUSE);
      synchronized (this) {
        if (!closed) {
          process = start();
          watch(process);
        }
      }
    } catch (CellException e) {
      System.getLogger(NameForwarder.class.getName())
          .log(System.Logger.Level.ERROR, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
