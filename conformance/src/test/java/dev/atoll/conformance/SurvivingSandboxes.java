package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** Sandboxes that run while their server is replaced, with everything that they have. */
final class SurvivingSandboxes {
  private static final String SERVE =
      "echo from inside > /srv/index.html; echo up; exec httpd -f -p 8000 -h /srv";

  private final Atoll atoll;
  private final Path trusted;
  private final Sandbox box;
  private final URI tunnel;
  private final SandboxProcess exec;
  private final Sandbox idle;
  private final Sandbox ended;

  SurvivingSandboxes(Atoll atoll, Path trusted) throws IOException, InterruptedException {
    this.atoll = atoll;
    this.trusted = trusted;
    App app = atoll.apps().fromName("survivors", options -> options.createIfMissing(true));
    Image tiny = atoll.images().fromRegistry("tiny:1");
    box =
        atoll
            .sandboxes()
            .create(
                app,
                tiny,
                options ->
                    options
                        .name("survivor")
                        .tag("kind", "web")
                        .encryptedPorts(8000)
                        .command("sh", "-c", SERVE));
    tunnel = Objects.requireNonNull(box.tunnels().get(8000)).url().resolve("/index.html");
    box.mountEmptyDirectory("/mnt/data");
    assertThat(run("echo mine > /mnt/data/file; echo root > /kept")).isEmpty();
    exec = box.exec("sh", "-c", "echo begun; while read line; do echo got $line; done; exit 6");
    assertThat(line(exec.getInputStream())).isEqualTo("begun");
    idle =
        atoll.sandboxes().create(app, tiny, options -> options.idleTimeout(Duration.ofSeconds(60)));
    idle.exec("true").waitFor();
    ended =
        atoll
            .sandboxes()
            .create(app, tiny, options -> options.command("sh", "-c", "echo kept; exit 3"));
    assertThat(ended.waitFor()).isEqualTo(3);
  }

  /** Everything is there, at the same places, and works. */
  void areAsBefore() throws IOException, InterruptedException, GeneralSecurityException {
    assertThat(box.poll()).as("it runs").isEmpty();
    try (Sandbox found = atoll.sandboxes().fromName("survivors", "survivor")) {
      assertThat(found.id()).isEqualTo(box.id());
    }
    assertThat(box.tags()).isEqualTo(Map.of("kind", "web"));
    try (TunnelClient http = TunnelClient.trusting(trusted)) {
      assertThat(http.get(tunnel)).isEqualTo("from inside\n");
    }
    assertThat(run("cat /mnt/data/file /kept")).isEqualTo("mine\nroot\n");
    box.mountEmptyDirectory("/mnt/later");
    assertThat(run("ls -A /mnt/later; echo more > /mnt/later/file")).isEmpty();
    box.unmountImage("/mnt/later");
    exec.getOutputStream().write("word\n".getBytes(StandardCharsets.UTF_8));
    exec.getOutputStream().flush();
    assertThat(line(exec.getInputStream())).isEqualTo("got word");
    assertThat(idle.poll()).as("not idle for its time yet").isEmpty();
    assertThat(ended.poll()).hasValue(3);
    // A handle of its own: each reads the output once.
    try (Sandbox found = atoll.sandboxes().fromId(ended.id())) {
      assertThat(found.stdout().readAllBytes())
          .isEqualTo("kept\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  /** An exec of the first server's ends as it should; the sandboxes stay for who ends them all. */
  void end() throws IOException, InterruptedException {
    exec.getOutputStream().close();
    assertThat(exec.waitFor()).isEqualTo(6);
    assertThat(exec.getInputStream().readAllBytes()).isEmpty();
    InputStream output = box.stdout();
    assertThat(line(output)).isEqualTo("up");
  }

  private String run(String script) throws InterruptedException {
    SandboxProcess process = box.exec("sh", "-euc", script);
    String output = process.readText();
    assertThat(process.waitFor()).as(script).isZero();
    return output;
  }

  private static String line(InputStream stream) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = stream.read(); next >= 0 && next != '\n'; next = stream.read()) {
      line.append((char) next);
    }
    return line.toString();
  }
}
