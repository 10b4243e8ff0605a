package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellException;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.Tier;
import dev.atoll.cells.process.Command;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cells that may reach less than the others. Needs root. */
class NetworkPolicyIT {
  private static final NetworkPolicy BLOCKED = new NetworkPolicy.Blocked();
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aBlockedCellReachesNothing(Tier tier) throws Exception {
    try (Internet internet = Internet.open(folder);
        TestHost host = TestHost.open(tier, folder, internet.asNetwork(List.of()))) {
      Cell open = host.claimed();
      Recording.start(open, Recording.shell("while :; do echo hello | nc -l -p 9000; done", false));
      assertThat(reached(open, Internet.ADDRESS))
          .contains("tcp", "udp", "icmp", "names", "namestcp");
      for (NetworkPolicy policy : List.of(BLOCKED, allow())) {
        Cell cell = claimed(host, policy);
        assertThat(reached(cell, Internet.ADDRESS)).as("%s", policy).isEmpty();
        assertThat(reached(cell, cell.nameServer())).as("%s: the bridge", policy).isEmpty();
        assertThat(fails(cell, "nc -w 5 " + open.address() + " 9000 </dev/null")).isTrue();
        assertThat(fails(open, "ping -c 1 -W 1 " + cell.address())).isTrue();
        assertThat(Recording.output(cell, "grep -v ' lo$' /proc/net/if_inet6; true")).isEmpty();
        Recording.start(
            cell, Recording.shell("while :; do echo hello | nc -l -p 9000; done", false));
        assertThat(NetworkIT.readFrom(cell.address(), 9000))
            .as("the host still reaches it: tunnels work")
            .isEqualTo("hello\n");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAllowlistOpensItsRangesAndNames(Tier tier) throws Exception {
    try (Internet internet = Internet.open(folder);
        TestHost host = TestHost.open(tier, folder, internet.asNetwork(List.of()))) {
      Cell one = claimed(host, allow(Internet.ADDRESS + "/32", "203.0.113.0/24"));
      assertThat(reached(one, Internet.ADDRESS))
          .contains("tcp", "udp", "icmp", "names", "namestcp");
      assertThat(reached(one, Internet.OTHER_ADDRESS)).containsOnly("names", "namestcp");
      Cell nested = claimed(host, allow("198.51.100.2/32", "198.51.100.7/24", "198.51.100.2/31"));
      assertThat(reached(nested, Internet.OTHER_ADDRESS)).contains("tcp", "udp", "icmp");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAllowlistOpensNothingThatTheHostRefuses(Tier tier) throws Exception {
    try (Internet internet = Internet.open(folder)) {
      NetworkPolicy everywhere = allow("0.0.0.0/1", "128.0.0.0/1");
      try (TestHost host =
          TestHost.open(tier, folder.resolve("closed"), internet.asNetwork(List.of()))) {
        Cell server = host.claimed();
        Recording.start(
            server, Recording.shell("while :; do echo hello | nc -l -p 9000; done", false));
        Cell cell = claimed(host, everywhere);
        assertThat(reached(cell, Internet.ADDRESS)).contains("tcp", "udp", "icmp");
        assertThat(reached(cell, Internet.PRIVATE_ADDRESS)).containsOnly("names", "namestcp");
        assertThat(reached(cell, Internet.GATEWAY)).containsOnly("names", "namestcp");
        assertThat(fails(cell, "nc -w 5 " + server.address() + " 9000 </dev/null")).isTrue();
      }
      try (TestHost host =
          TestHost.open(
              tier,
              folder.resolve("open"),
              internet.asNetwork(List.of(Internet.PRIVATE_ADDRESS + "/32")))) {
        assertThat(reached(claimed(host, everywhere), Internet.PRIVATE_ADDRESS)).contains("tcp");
        assertThat(reached(claimed(host, allow("192.168.1.0/24")), Internet.PRIVATE_ADDRESS))
            .doesNotContain("tcp");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewPolicyEndsWhatItNoLongerAllows(Tier tier) throws Exception {
    try (Internet internet = Internet.open(folder);
        TestHost host = TestHost.open(tier, folder, internet.asNetwork(List.of()))) {
      Cell cell = host.claimed();
      Recording talk = Recording.start(cell, Recording.shell("nc 198.51.100.2 7", true));
      say(talk, 0, "one\n");
      awaitOutput(talk, "one\n");
      Recording listening = Recording.start(cell, Recording.shell("nc 198.51.100.2 19", true));
      listening.awaitOutput();
      cell.networkPolicy(allow("198.51.100.2/32"));
      say(talk, 4, "two\n");
      awaitOutput(talk, "one\ntwo\n");
      assertThat(internet.connections(19)).isEqualTo(1);

      cell.networkPolicy(allow("198.51.100.3/32"));
      say(talk, 8, "three\n");
      talk.await();
      assertThat(talk.stdout()).isEqualTo("one\ntwo\n");
      await(() -> internet.connections(19) == 0, "the other end hears of it");
      assertThat(reached(cell, Internet.ADDRESS)).containsOnly("names", "namestcp");
      assertThat(reached(cell, Internet.OTHER_ADDRESS)).contains("tcp", "udp", "icmp");

      cell.networkPolicy(BLOCKED);
      assertThat(reached(cell, Internet.OTHER_ADDRESS)).isEmpty();
      cell.networkPolicy(allow("198.51.100.0/24"));
      assertThat(reached(cell, Internet.ADDRESS)).contains("tcp", "udp", "icmp", "names");
      cell.networkPolicy(new NetworkPolicy.Open());
      assertThat(reached(cell, Internet.OTHER_ADDRESS)).contains("tcp", "udp", "icmp", "names");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPolicyGoesWithItsCell(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell blocked = claimed(host, BLOCKED);
      Cell limited = claimed(host, allow("198.51.100.0/24"));
      assertThat(elements(host)).contains(blocked.address(), limited.address());
      limited.destroy();
      assertThat(elements(host)).contains(blocked.address()).doesNotContain(limited.address());
      blocked.destroy();
      assertThat(elements(host)).doesNotContain("elements");
      assertThatThrownBy(() -> blocked.networkPolicy(new NetworkPolicy.Open()))
          .isInstanceOf(CellException.class)
          .hasMessageContaining("destroyed");
    }
  }

  private static NetworkPolicy allow(String... ranges) {
    return new NetworkPolicy.Allowlist(List.of(ranges));
  }

  private static Cell claimed(TestHost host, NetworkPolicy policy) throws Exception {
    Cell cell = host.host().boot();
    cell.networkPolicy(policy);
    host.claim(cell, Optional.empty());
    return cell;
  }

  /** Which ways lead to an address, and whether names are resolved. */
  private static List<String> reached(Cell cell, String address) throws Exception {
    return Recording.output(
            cell,
            """
            try() { way=$1; shift; if "$@" >/dev/null 2>&1; then echo $way; fi; }
            web() { printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 %1$s 80 | grep -q HTTP; }
            try tcp web &
            [ %1$s = %2$s ] || try udp nslookup -timeout=2 -retry=1 -type=a name.example %1$s &
            try icmp ping -c 1 -W 1 %1$s &
            try names nslookup -timeout=2 -retry=1 -type=a name.example &
            try namestcp nc -w 3 %2$s 53 </dev/null &
            wait
            """
                .formatted(address, cell.nameServer()))
        .lines()
        .toList();
  }

  private static boolean fails(Cell cell, String line) throws Exception {
    return Recording.sh(cell, line).end().equals(new ExecEnd.Exited(1));
  }

  private static void say(Recording recording, long offset, String text) throws Exception {
    var _ =
        recording
            .exec()
            .writeStdin(offset, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), false);
  }

  private static void awaitOutput(Recording recording, String text) throws Exception {
    await(() -> recording.stdout().equals(text), "the answer");
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition, String what) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      assertThat(Instant.now()).as(what).isBefore(end);
      Thread.sleep(20);
    }
  }

  private static String elements(TestHost host) throws Exception {
    StringBuilder elements = new StringBuilder();
    for (String set : List.of("restricted", "nameless", "reachable")) {
      elements.append(
          Command.of("nft", "list", "set", "inet", "atoll_" + host.instanceId(), set).run());
    }
    return elements.toString();
  }
}
