package dev.atoll.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.images.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Docker's configuration file; its helpers are in {@link CredentialHelperIT}. */
class DockerLoginsTest {
  @TempDir Path folder;

  @Test
  void aLoginIsFoundByEveryFormOfItsKey() throws Exception {
    write(
        """
        {"auths": {
          "registry.example:5000": {"auth": "dTpwOnE="},
          "https://old.example/v2/": {"username": "o", "password": "p"},
          "https://index.docker.io/v1/": {"auth": "aHViOnB3"},
          "paths.example/team": {"auth": "dGVhbTpw"},
          "paths.example": {"auth": "YWxsOnA="},
          "empty.example": {}},
         "HttpHeaders": {"X": "y"}}
        """);
    found("registry.example:5000", "app", "u", "p:q");
    found("old.example", "app", "o", "p");
    found("docker.io", "library/python", "hub", "pw");
    found("paths.example", "team/app", "team", "p");
    found("paths.example", "teams/app", "all", "p");
    assertThat(find("registry.example", "app")).isEmpty();
    assertThat(find("empty.example", "app")).isEmpty();
    assertThat(find("registry.example:5000", "app").toString()).doesNotContain("p:q");
  }

  @Test
  void withoutAFileThereAreNoLogins() throws Exception {
    assertThat(find("registry.example", "app")).isEmpty();
    assertThat(DockerLogins.usual(Map.of("HOME", "/home/u")).file())
        .hasToString("/home/u/.docker/config.json");
    assertThat(DockerLogins.usual(Map.of("DOCKER_CONFIG", "/etc/d")).file())
        .hasToString("/etc/d/config.json");
  }

  @Test
  void whatIsMalformedIsNamedAndNotShown() throws Exception {
    for (String text :
        new String[] {
          "{\"auths\": {\"r.example\": {\"auth\": \"s3cret-not-base64!\"}}}",
          "{\"auths\": {\"r.example\": {\"auth\": \"czNjcmV0\"}}}", // no colon in it
          "s3cret",
          "{\"auths\": \"s3cret\"}",
          "{\"credsStore\": \"../s3cret\"}",
          "{\"credHelpers\": {\"r.example\": \"s3cret/x\"}}",
          "{\"auths\": {\"r.example\": {\"auth\": \"dTpw\", \"identitytoken\": \"s3cret\"}}}",
        }) {
      write(text);
      assertThatThrownBy(() -> find("r.example", "app"))
          .as(text)
          .isInstanceOf(AtollException.class)
          .hasMessageNotContaining("s3cret")
          .hasMessageMatching(".*(config.json|Docker's configuration|identity token).*");
    }
  }

  private void found(String registry, String repository, String user, String password)
      throws Exception {
    assertThat(find(registry, repository)).contains(new Credentials(user, password));
  }

  private Optional<Credentials> find(String registry, String repository) throws Exception {
    return new DockerLogins(folder.resolve("config.json")).find(registry, repository);
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("config.json"), text);
  }
}
