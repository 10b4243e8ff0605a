package dev.atoll.cells.host;

import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace with a web server, a name server, one that echoes (port 7) and one that goes
 * on sending (port 19): what lies behind the host's outer link. Its addresses are from the ranges
 * for documentation (RFC 5737) and for private use.
 */
final class Internet implements AutoCloseable {
  static final String ADDRESS = "198.51.100.2";
  static final String OTHER_ADDRESS = "198.51.100.3";
  static final String GATEWAY = "198.51.100.1";
  static final String PRIVATE_ADDRESS = "192.168.213.7";
  private static final String NAMESPACE = "atoll-test-internet";
  private static final String LINK = "attest0";
  private static final Path LOCK =
      Path.of(System.getProperty("java.io.tmpdir"), "atoll-test-internet.lock");

  private final FileChannel lock;
  private final List<Process> servers = new ArrayList<>();

  private Internet(FileChannel lock) {
    this.lock = lock;
  }

  /** Waits while another process has one. */
  static Internet open(Path folder) throws Exception {
    Internet internet = new Internet(lock());
    try {
      internet.removeLeft();
      Command.of("ip", "-batch", "-")
          .withInput(
              """
              netns add %1$s
              link add %2$s type veth peer name eth0 netns %1$s
              addr add %3$s/24 dev %2$s
              link set %2$s up
              route add %4$s/32 dev %2$s
              """
                  .formatted(NAMESPACE, LINK, GATEWAY, PRIVATE_ADDRESS))
          .run();
      Command.of("ip", "-n", NAMESPACE, "-batch", "-")
          .withInput(
              """
              link set lo up
              addr add %s/24 dev eth0
              addr add %s/24 dev eth0
              addr add %s/32 dev eth0
              link set eth0 up
              """
                  .formatted(ADDRESS, OTHER_ADDRESS, PRIVATE_ADDRESS))
          .run();
      // As for an uplink: its answers go on to the cells.
      Files.writeString(Path.of("/proc/sys/net/ipv4/conf", LINK, "forwarding"), "1");
      Path web = Files.createDirectories(folder.resolve("web/cgi-bin"));
      Path script =
          Files.writeString(
              web.resolve("peer"),
              "#!/bin/sh\necho Content-type: text/plain; echo; echo from $REMOTE_ADDR\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      internet.serve(
          "/bin/busybox",
          "httpd",
          "-f",
          "-p",
          "0.0.0.0:80",
          "-h",
          folder.resolve("web").toString());
      internet.serve(
          "dnsmasq",
          "--keep-in-foreground",
          "--conf-file=/dev/null",
          "--no-resolv",
          "--no-hosts",
          "--pid-file=" + folder.resolve("internet.pid"),
          "--address=/name.example/" + ADDRESS);
      internet.serve("/bin/busybox", "nc", "-ll", "-p", "7", "-e", "cat");
      String talk = "while echo tick; do sleep 0.1; done";
      internet.serve("/bin/busybox", "nc", "-ll", "-p", "19", "-e", "sh", "-c", talk);
      return internet;
    } catch (Exception e) {
      internet.close();
      throw e;
    }
  }

  CellHostConfig.Network asNetwork(List<String> allowedRanges) {
    return new CellHostConfig.Network(allowedRanges, Optional.of(List.of(ADDRESS)));
  }

  /** How many connections its server on a port has. */
  long connections(int port) throws Exception {
    return Command.of("ip", "netns", "exec", NAMESPACE, "ss", "-Htn", "sport = :" + port)
        .run()
        .lines()
        .filter(line -> line.startsWith("ESTAB"))
        .count();
  }

  @Override
  public void close() throws Exception {
    for (Process server : servers) {
      server.destroyForcibly().waitFor();
    }
    // Whom they answer runs on as long as the connection seems to.
    if (Files.exists(Path.of("/run/netns", NAMESPACE))) {
      for (String id : Command.of("ip", "netns", "pids", NAMESPACE).run().split("\\s+")) {
        if (!id.isEmpty()) {
          ProcessHandle.of(Long.parseLong(id)).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }
    removeLeft();
    lock.close();
  }

  private static FileChannel lock() throws IOException {
    FileChannel lock = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    lock.lock();
    return lock;
  }

  private void serve(String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
    words.addAll(List.of(command));
    servers.add(
        new ProcessBuilder(words)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  private void removeLeft() throws Exception {
    if (Files.exists(Path.of("/sys/class/net", LINK))) {
      Command.of("ip", "link", "del", LINK).run();
    }
    if (Files.exists(Path.of("/run/netns", NAMESPACE))) {
      Command.of("ip", "netns", "del", NAMESPACE).run();
    }
  }
}
