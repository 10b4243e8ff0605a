package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Empty;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.CallTimeoutException;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.InvalidArgumentException;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java SDK against one server of one tier: the server, a sandbox for many tests, and the tests
 * of snapshots and mounted images.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SnapshotTests {
  private final String tier;
  RunningServer server;
  Atoll client;
  App app;
  Image tiny;

  /** For all tests that leave it running. */
  Sandbox sandbox;

  SnapshotTests(String tier) {
    this.tier = tier;
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    server = RunningServer.start(tier, folder);
    try (Wire wire = Wire.to(server)) {
      wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
    }
    client = server.client();
    app = client.apps().fromName("java-client", options -> options.createIfMissing(true));
    tiny = client.images().fromRegistry("tiny:1");
    sandbox = client.sandboxes().create(app, tiny);
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    client.close();
    server.discard();
  }

  @Test
  void aSnapshotStartsSandboxesThatHaveItsFiles() throws IOException, InterruptedException {
    Image image;
    try (Sandbox first = client.sandboxes().create(app, tiny)) {
      assertThat(first.exec("sh", "-c", "echo kept > /srv/file").waitFor()).isZero();
      image = first.snapshotFilesystem();
      first.exec("sh", "-c", "echo changed > /srv/file").waitFor();
    }
    assertThat(image.id()).isPresent();
    Image found = client.images().fromId(image.id().orElseThrow());
    try (Sandbox second = client.sandboxes().create(app, found)) {
      assertThat(second.exec("cat", "/srv/file").readText()).isEqualTo("kept\n");
    }
  }

  @Test
  void aSandboxThatWritesWithoutEndFillsItsOwnLimit() throws Exception {
    String write = "dd if=/dev/zero of=%s bs=1M count=%d 2>&1 | tail -n 1";
    try (Sandbox full = client.sandboxes().create(app, tiny, options -> options.diskLimitMiB(16))) {
      full.mountEmptyDirectory("/mnt");
      assertThat(sh(full, "dd if=/dev/zero of=/srv/large bs=1M count=64 2>&1 || true"))
          .contains("quota exceeded");
      assertThat(sh(full, "dd if=/dev/zero of=/mnt/large bs=1M count=8 2>&1 || true"))
          .as("what is mounted in it counts, too")
          .contains("quota exceeded");
      assertThat(sh(full, "du -m /srv/large | cut -f 1")).matches("(1[0-6]|[6-9])\n");
      assertThat(sh(sandbox, write.formatted("/srv/beside", 24) + "; rm /srv/beside"))
          .doesNotContain("exceeded");
      assertThat(sh(full, "rm -f /srv/large /mnt/large; " + write.formatted("/srv/small", 4)))
          .doesNotContain("exceeded");
      try (Sandbox copy = client.sandboxes().create(app, full.snapshotFilesystem())) {
        assertThat(sh(copy, "wc -c < /srv/small").strip()).isEqualTo("4194304");
      }
    }
  }

  @Test
  void aSnapshotThatTakesTooLongLeavesNothing() throws Exception {
    try (Wire wire = Wire.to(server);
        Sandbox box = client.sandboxes().create(app, tiny)) {
      sh(box, "mkdir /srv/many; cd /srv/many; seq 1000 | xargs touch");
      Set<String> before = images(wire);
      Duration brief = Duration.ofMillis(5);
      for (ThrowingCallable snapshot :
          List.<ThrowingCallable>of(
              () -> box.snapshotFilesystem(brief),
              () -> box.snapshotDirectory("/srv/many", brief))) {
        assertThat(catchThrowableOfType(CallTimeoutException.class, snapshot))
            .hasMessageContaining(box.id())
            .hasMessageContaining("5 ms");
      }
      // One at a time is made: that it is there means that the others are no more under way.
      Image whole = box.snapshotFilesystem(Duration.ofSeconds(30));
      Set<String> made = images(wire);
      made.removeAll(before);
      assertThat(made).containsExactly(whole.id().orElseThrow());
      try (Sandbox copy = client.sandboxes().create(app, whole)) {
        assertThat(sh(copy, "ls /srv/many | wc -l")).isEqualTo("1000\n");
      }
    }
  }

  private static Set<String> images(Wire wire) {
    return wire.admin().listImages(Empty.getDefaultInstance()).getImagesList().stream()
        .map(dev.atoll.protocol.admin.Image::getImageId)
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void aFolderBecomesAnImageThatIsMountedReplacedAndUnmounted() throws Exception {
    try (Sandbox sandbox = client.sandboxes().create(app, tiny)) {
      sh(
          sandbox,
          "mkdir -p /srv/data/in /mnt; echo one > /srv/data/in/file; echo below > /mnt/below");
      Image data = sandbox.snapshotDirectory("/srv/data");
      sandbox.mountImage("/mnt", data);
      assertThat(sh(sandbox, "ls -A /mnt; cat /mnt/in/file")).isEqualTo("in\none\n");
      sh(sandbox, "echo two > /mnt/in/file; ln -s /mnt/in /srv/link");
      Image changed = sandbox.snapshotDirectory("/srv/link");
      sandbox.mountEmptyDirectory("/mnt");
      assertThat(sh(sandbox, "ls -A /mnt")).isEmpty();
      sandbox.mountImage("/new/place", client.images().fromId(changed.id().orElseThrow()));
      sandbox.mountImage("/mnt", data);
      assertThat(sh(sandbox, "cat /new/place/file /mnt/in/file")).isEqualTo("two\none\n");
      sandbox.unmountImage("/mnt");
      assertThat(sh(sandbox, "cat /mnt/below")).isEqualTo("below\n");
    }
  }

  @Test
  void mountsAndSnapshotsThatCantBeAreRefused() throws Exception {
    try (Sandbox sandbox = client.sandboxes().create(app, tiny)) {
      sh(sandbox, "echo x > /srv/file");
      assertThat(
              catchThrowableOfType(
                  InvalidArgumentException.class, () -> sandbox.mountEmptyDirectory("/proc")))
          .hasMessageContaining("/proc");
      assertThat(
              catchThrowableOfType(
                  InvalidArgumentException.class, () -> sandbox.snapshotDirectory("srv")))
          .hasMessageContaining("absolute");
      assertThat(
              catchThrowableOfType(
                  InvalidArgumentException.class, () -> sandbox.mountEmptyDirectory("/srv/file")))
          .hasMessageContaining("not a folder");
      assertThat(
              catchThrowableOfType(
                  NotFoundException.class, () -> sandbox.snapshotDirectory("/srv/missing")))
          .hasMessageContaining("/srv/missing");
      assertThat(catchThrowableOfType(NotFoundException.class, () -> sandbox.unmountImage("/srv")))
          .hasMessageContaining("no image is mounted");
      Image unbuilt = tiny.dockerfileCommands("RUN true");
      assertThat(
              catchThrowableOfType(
                  IllegalStateException.class, () -> sandbox.mountImage("/mnt", unbuilt)))
          .hasMessageContaining("build");
    }
  }

  private static String sh(Sandbox sandbox, String script) throws Exception {
    SandboxProcess process = sandbox.exec("sh", "-euc", script);
    String output = process.readText();
    assertThat(process.waitFor()).isZero();
    return output;
  }

  @Test
  void aTerminatedSandboxHasNoSnapshot() throws InterruptedException {
    Sandbox ended = client.sandboxes().create(app, tiny);
    assertThat(ended.exec("true").waitFor()).isZero();
    ended.terminateAndWait();
    assertThat(catchThrowableOfType(NotFoundException.class, ended::snapshotFilesystem))
        .hasMessageContaining("ended");
  }
}
