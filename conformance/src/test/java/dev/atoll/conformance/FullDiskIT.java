package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.linux.Mounts;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.ResourceExhaustedException;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose disk has room for 4 MiB of output. */
class FullDiskIT {
  private static final int KILLED = 137;

  @Test
  @Timeout(120)
  void aProcessWhoseOutputFindsNoRoomEndsAndItsReaderIsToldWhy(
      @TempDir Path folder, @TempDir Path disk) throws IOException, InterruptedException {
    Mounts.tmpfs("output", disk, 4 << 20, "0700");
    Path worker = Files.createDirectories(folder.resolve("data/worker"));
    Files.setPosixFilePermissions(worker.getParent(), PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(worker.resolve("tasks"), disk);
    try (RunningServer server = RunningServer.start("runc", folder);
        Wire wire = Wire.to(server);
        Atoll client = server.client()) {
      wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
      App app = client.apps().fromName("full", options -> options.createIfMissing(true));
      Image image = client.images().fromRegistry("tiny:1");
      try (Sandbox sandbox = client.sandboxes().create(app, image)) {
        SandboxProcess process = sandbox.exec("head", "-c", "67108864", "/dev/zero");
        assertThat(process.waitFor()).isEqualTo(KILLED);
        assertThat(catchThrowableOfType(ResourceExhaustedException.class, process::readText))
            .hasMessageContaining("disk could not take the output");
        assertThat(sandbox.poll()).isEmpty();
      }
      Sandbox loud =
          client
              .sandboxes()
              .create(
                  app, image, options -> options.command("head", "-c", "67108864", "/dev/zero"));
      assertThat(loud.waitFor()).isEqualTo(KILLED);
      assertThat(AtollProcess.run("inspect", loud.id(), "--data-dir", server.dataFolder()))
          .containsPattern("cause: +disk full")
          .contains("Free space");
    } finally {
      Mounts.unmountLazily(disk);
    }
  }
}
