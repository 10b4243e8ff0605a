package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.CellException;
import dev.atoll.cells.CellHost;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.Tier;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runtimes that are missing, old, broken or stuck. Needs root. */
class BootFailureIT {
  private static final CellHostConfig.Network USUAL =
      new CellHostConfig.Network(List.of(), Optional.empty());

  @TempDir Path folder;

  @Test
  void everythingThatIsMissingIsNamed() throws Exception {
    assertThatThrownBy(
            () -> CellHosts.open(config(folder.resolve("absent"), folder.resolve("no")), Set.of()))
        .isInstanceOfSatisfying(
            AtollException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION))
        .hasMessageContaining("absent")
        .hasMessageContaining("state folder");
    Path old = runtime("echo runsc version release-20221219.0");
    assertThatThrownBy(() -> CellHosts.open(config(old, folder), Set.of()))
        .hasMessageContaining("release-20221219.0")
        .hasMessageContaining("20240729");
  }

  @Test
  void aFailingRuntimesWordsReachTheCallerAndNothingIsLeft() throws Exception {
    Path broken =
        runtime(
            """
            case "$*" in *--version*) echo runsc version release-20250101.0; exit 0;; esac
            for word; do case $word in --log=*) echo the disk is on fire > ${word#--log=};; esac; done
            exit 3
            """);
    CellHostConfig config = config(broken, folder);
    try (CellHost host = CellHosts.open(config, Set.of())) {
      Map<String, Object> before = Census.take(config.instanceId(), folder);
      assertThatThrownBy(host::boot)
          .isInstanceOf(CellException.class)
          .hasMessageContaining("the disk is on fire");
      assertThat(Census.take(config.instanceId(), folder)).isEqualTo(before);
    }
  }

  @Test
  void aStuckRuntimeIsKilledWhenTheCallerGivesUp() throws Exception {
    Path stuck =
        runtime(
            """
            case "$*" in *--version*) echo runsc version release-20250101.0; exit 0;; esac
            echo started > %s
            sleep 1000 & sleep 1000
            """
                .formatted(folder.resolve("started")));
    CellHostConfig config = config(stuck, folder);
    try (CellHost host = CellHosts.open(config, Set.of())) {
      Map<String, Object> before = Census.take(config.instanceId(), folder);
      AtomicReference<Optional<Throwable>> outcome = new AtomicReference<>(Optional.empty());
      CountDownLatch done = new CountDownLatch(1);
      Thread caller =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      host.boot();
                    } catch (CellException | InterruptedException e) {
                      outcome.set(Optional.of(e));
                    }
                    done.countDown();
                  });
      while (!Files.exists(folder.resolve("started"))) {
        Thread.sleep(10);
      }
      caller.interrupt();
      assertThat(done.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(outcome.get()).containsInstanceOf(InterruptedException.class);
      assertThat(Census.take(config.instanceId(), folder)).isEqualTo(before);
    }
  }

  private static CellHostConfig config(Path runtime, Path state) {
    return new CellHostConfig(Tier.GVISOR, runtime, TestHost.randomId(), state, USUAL, 4096);
  }

  private Path runtime(String script) throws Exception {
    Path file = Files.writeString(folder.resolve("runsc"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
