package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.Tier;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What cells reach, and what they don't. A network namespace plays the internet. Needs root. */
@Tag("alone")
class NetworkIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void theInternetAndItsNamesAreReachedThroughTranslation(Tier tier) throws Exception {
    try (Internet internet = Internet.open(folder);
        TestHost host = TestHost.open(tier, folder, internet.asNetwork(List.of()))) {
      Cell cell = host.claimed();
      assertThat(Recording.output(cell, fetch(Internet.ADDRESS)))
          .isEqualTo("from " + Internet.GATEWAY + "\n");
      assertThat(Recording.output(cell, "nslookup -type=a name.example"))
          .contains(Internet.ADDRESS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theHostIsRefusedOnEveryAddress(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder);
        ServerSocket service = new ServerSocket(0)) {
      Cell cell = host.claimed();
      List<String> addresses = new ArrayList<>(hostAddresses());
      assertThat(addresses).contains("127.0.0.1").contains(cell.nameServer());
      assertThat(addresses.size()).as("loopback, outer, forwarder, gateway").isGreaterThan(3);
      for (String address : addresses) {
        long start = System.nanoTime();
        Recording attempt =
            Recording.sh(
                cell, "nc -w 10 " + address + " " + service.getLocalPort() + " </dev/null");
        assertThat(attempt.end()).as(address).isEqualTo(new ExecEnd.Exited(1));
        assertThat((System.nanoTime() - start) / 1e9).as("refused, not dropped").isLessThan(8);
      }
      service.setSoTimeout(200);
      org.assertj.core.api.Assertions.assertThatThrownBy(service::accept)
          .isInstanceOf(java.net.SocketTimeoutException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void otherCellsAreRefusedButTheHostReachesEach(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell server = host.claimed();
      Recording.start(
          server, Recording.shell("while :; do echo hello | nc -l -p 9000; done", false));
      Cell client = host.claimed();
      assertThat(readFrom(server.address(), 9000)).isEqualTo("hello\n");
      assertThat(Recording.sh(client, "nc -w 10 " + server.address() + " 9000 </dev/null").end())
          .isEqualTo(new ExecEnd.Exited(1));
      assertThat(Recording.sh(client, "ping -c 1 -W 1 " + server.address()).end())
          .isEqualTo(new ExecEnd.Exited(1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void privateRangesAreRefusedUnlessAnOperatorOpensThem(Tier tier) throws Exception {
    try (Internet internet = Internet.open(folder)) {
      String line = fetch(Internet.PRIVATE_ADDRESS);
      try (TestHost host =
          TestHost.open(tier, folder.resolve("closed"), internet.asNetwork(List.of()))) {
        assertThat(Recording.sh(host.claimed(), line).end()).isEqualTo(new ExecEnd.Exited(1));
      }
      try (TestHost host =
          TestHost.open(
              tier,
              folder.resolve("open"),
              internet.asNetwork(List.of(Internet.PRIVATE_ADDRESS + "/32")))) {
        assertThat(Recording.output(host.claimed(), line)).startsWith("from ");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void twoInstancesLiveSideBySide(Tier tier) throws Exception {
    CellHostConfig.Network usual = new CellHostConfig.Network(List.of(), Optional.empty());
    FutureTask<TestHost> atOnce =
        new FutureTask<>(() -> TestHost.open(tier, folder.resolve("two"), usual));
    Thread.ofPlatform().start(atOnce);
    try (TestHost one = TestHost.open(tier, folder.resolve("one"), usual);
        TestHost two = atOnce.get()) {
      Cell cell = one.claimed();
      Cell other = two.claimed();
      assertThat(cell.address()).isNotEqualTo(other.address());
      assertThat(cell.nameServer()).isNotEqualTo(other.nameServer());
      for (String target : List.of(other.address(), other.nameServer())) {
        assertThat(Recording.sh(cell, "ping -c 1 -W 1 " + target).end())
            .isEqualTo(new ExecEnd.Exited(1));
      }
      two.host().close();
      assertThat(Recording.output(cell, "echo on")).isEqualTo("on\n");
    }
  }

  /** The last line of what the web server answers. */
  private static String fetch(String host) {
    return "set -o pipefail; printf 'GET /cgi-bin/peer HTTP/1.0\\r\\n\\r\\n' | nc -w 10 "
        + host
        + " 80 | tail -n 1";
  }

  private static List<String> hostAddresses() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .map(java.net.InetAddress::getHostAddress)
        .toList();
  }

  static String readFrom(String address, int port) throws Exception {
    IOException last = new IOException("never tried");
    for (int i = 0; i < 50; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, port), 1000);
        socket.setSoTimeout(5000);
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      } catch (IOException e) {
        // The server inside is only just starting.
        last = e;
        Thread.sleep(100);
      }
    }
    throw last;
  }
}
