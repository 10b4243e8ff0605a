package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.CellHost;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.Tier;
import dev.atoll.errors.AtollException;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that was killed leaves cells behind; the next start clears them. Needs root. */
class OrphansIT {
  private static final CellHostConfig.Network USUAL =
      new CellHostConfig.Network(List.of(), Optional.empty());

  @TempDir Path folder;

  /** The server that gets killed: opens a host, boots two cells and claims them, and waits. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
      TestHost host =
          TestHost.open(Tier.valueOf(arguments[0]), Path.of(arguments[1]), USUAL, arguments[2]);
      Recording.start(host.claimed(), Recording.shell("sleep 1000", false));
      host.claimed().networkPolicy(new NetworkPolicy.Allowlist(List.of("198.51.100.0/24")));
      host.host().boot();
      System.out.println("ready");
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNextStartClearsWhatAKilledServerLeft(Tier tier) throws Exception {
    String id = TestHost.randomId();
    Map<String, Object> before = Census.take(id, Path.of("/run/atoll", id));
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Datoll.runsc=" + TestHost.runtime(Tier.GVISOR),
                "-Datoll.runc=" + TestHost.runtime(Tier.RUNC),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                tier.name(),
                folder.toString(),
                id)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Path state = folder.resolve("state");
    try {
      assertThat(victim.inputReader().readLine()).isEqualTo("ready");
      Map<String, Object> running = Census.take(id, Path.of("/run/atoll", id));
      assertThatThrownBy(() -> CellHosts.open(TestHost.config(tier, state, id, USUAL), Set.of()))
          .isInstanceOf(AtollException.class)
          .hasMessageContaining("another server");
      Path copy = Files.createDirectories(folder.resolve("copy of the state"));
      assertThatThrownBy(() -> CellHosts.open(TestHost.config(tier, copy, id, USUAL), Set.of()))
          .isInstanceOf(AtollException.class)
          .hasMessageContaining("another server has the instance id '" + id + "'");
      assertThat(victim.isAlive()).isTrue();
      assertThat(Census.take(id, Path.of("/run/atoll", id))).isEqualTo(running);
    } finally {
      victim.destroyForcibly().waitFor();
    }
    assertThat(Census.take(id, Path.of("/run/atoll", id))).isNotEqualTo(before);
    try (CellHost host = CellHosts.open(TestHost.config(tier, state, id, USUAL), Set.of())) {
      host.boot().destroy();
    }
    assertThat(Census.take(id, Path.of("/run/atoll", id))).isEqualTo(before);
    for (MountInfo mount : MountInfo.atOrBelow(folder)) {
      Mounts.unmountLazily(mount.mountPoint());
    }
    assertThat(Files.exists(folder.resolve("busybox")) || tier == Tier.GVISOR).isTrue();
  }
}
