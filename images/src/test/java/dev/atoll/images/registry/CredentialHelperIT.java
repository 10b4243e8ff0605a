package dev.atoll.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.images.Credentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Needs root: helpers are looked for on the PATH, so the test puts one into /usr/local/bin. */
class CredentialHelperIT {
  private static final String NAME = "atoll-test-" + ProcessHandle.current().pid();
  private static final Path PROGRAM = Path.of("/usr/local/bin/docker-credential-" + NAME);

  @AfterEach
  void remove() throws Exception {
    Files.deleteIfExists(PROGRAM);
  }

  @Test
  void itIsAskedForTheServerAndAnswers() throws Exception {
    says(
        "read server; test \"$1\" = get && "
            + "echo '{\"ServerURL\":\"'$server'\",\"Username\":\"of '$server'\",\"Secret\":\"s3cret\"}'");
    assertThat(helper().get("r.example:5000"))
        .contains(new Credentials("of r.example:5000", "s3cret"));
    assertThat(helper().get("r.example").toString()).doesNotContain("s3cret");
    says("echo 'credentials not found in native keychain'; exit 1");
    assertThat(helper().get("r.example")).isEmpty();
  }

  @Test
  void whateverIsWrongWithItIsNamedAndNothingThatItPrinted() throws Exception {
    fails("echo s3cret; echo s3cret >&2; exit 3", "status 3");
    fails("echo s3cret", "no JSON");
    fails("echo '{\"Username\":\"s3cret\"}'", "no user name and secret");
    fails("echo '{\"Username\":\"<token>\",\"Secret\":\"s3cret\"}'", "identity token");
    fails("yes s3cret", "more than 65536 bytes");
    fails("sleep 600", "did not answer within 1 s");
    Files.delete(PROGRAM);
    assertThatThrownBy(() -> helper().get("r.example"))
        .hasMessageContaining("is docker-credential-" + NAME + " on the PATH?");
  }

  private void fails(String script, String words) throws Exception {
    says(script);
    long before = ProcessHandle.current().descendants().count();
    assertThatThrownBy(() -> helper().get("r.example"))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("s3cret");
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (ProcessHandle.current().descendants().count() > before && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertThat(ProcessHandle.current().descendants().count()).as("left").isEqualTo(before);
  }

  private static CredentialHelper helper() {
    return new CredentialHelper(NAME, Duration.ofSeconds(1));
  }

  private static void says(String script) throws Exception {
    Files.writeString(PROGRAM, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(PROGRAM, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
