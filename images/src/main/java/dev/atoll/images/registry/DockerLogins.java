package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The logins in Docker's configuration file (docker login, "Credential stores", "Credential
 * helpers"). It is read anew for each question: logins change while a server runs. Nothing that is
 * in it gets into a failure's message. Thread-safe.
 *
 * @param file usually {@code ~/.docker/config.json}
 */
public record DockerLogins(Path file) {
  private static final int MOST_BYTES = 1 << 20;
  private static final String HUB = "docker.io";
  private static final String HUB_KEY = "https://index.docker.io/v1/";
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** The file that Docker's command line uses: {@code $DOCKER_CONFIG}, else {@code ~/.docker}. */
  public static DockerLogins usual(Map<String, String> environment) {
    String folder = environment.getOrDefault("DOCKER_CONFIG", "");
    return new DockerLogins(
        (folder.isEmpty()
                ? Path.of(
                    environment.getOrDefault("HOME", System.getProperty("user.home")), ".docker")
                : Path.of(folder))
            .resolve("config.json"));
  }

  private record Config(
      @Nullable Map<String, Login> auths,
      @Nullable String credsStore,
      @Nullable Map<String, String> credHelpers) {}

  private record Login(
      @Nullable String auth,
      @Nullable String username,
      @Nullable String password,
      @Nullable String identitytoken) {}

  /**
   * The credentials for a repository; empty when the file, or the helper that it names, has none. A
   * login for a path of the registry is preferred to one for all of it. Runs a helper, if the file
   * names one, for at most half a minute.
   *
   * @param registry host and maybe port, {@code docker.io} for Docker Hub
   * @throws AtollException FAILED_PRECONDITION when the file is malformed or the helper fails
   */
  public Optional<Credentials> find(String registry, String repository)
      throws IOException, InterruptedException {
    Optional<Config> read = read();
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Config config = read.get();
    String key = registry.equals(HUB) ? HUB_KEY : registry;
    Map<String, String> helpers = config.credHelpers() == null ? Map.of() : config.credHelpers();
    for (String name : registry.equals(HUB) ? List.of(HUB_KEY, HUB) : List.of(registry)) {
      if (helpers.containsKey(name)) {
        return new CredentialHelper(helpers.get(name)).get(key);
      }
    }
    if (config.credsStore() != null && !config.credsStore().isEmpty()) {
      return new CredentialHelper(config.credsStore()).get(key);
    }
    Map<String, Login> logins = config.auths() == null ? Map.of() : config.auths();
    for (String wanted : keys(registry, repository)) {
      for (Map.Entry<String, Login> login : logins.entrySet()) {
        if (normal(login.getKey()).equals(wanted) && login.getValue() != null) {
          return credentials(login.getValue(), registry);
        }
      }
    }
    return Optional.empty();
  }

  /** The longest first. */
  private static List<String> keys(String registry, String repository) {
    List<String> keys = new ArrayList<>();
    String path = registry + "/" + repository;
    while (path.indexOf('/') >= 0) {
      keys.add(path);
      path = path.substring(0, path.lastIndexOf('/'));
    }
    keys.add(registry);
    return keys;
  }

  /** Old entries are addresses, {@code https://host/v1/}; of Docker Hub all are. */
  private static String normal(String key) {
    String name = key.replaceFirst("^https?://", "").replaceFirst("/(v[12]/?)?$", "");
    return name.equals("index.docker.io") || name.equals("registry-1.docker.io") ? HUB : name;
  }

  private Optional<Config> read() throws IOException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw malformed("has more than " + MOST_BYTES + " bytes");
      }
      return Optional.ofNullable(MAPPER.readValue(Files.readAllBytes(file), Config.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw malformed("is no configuration of Docker's"); // What Jackson says may hold a secret.
    }
  }

  private Optional<Credentials> credentials(Login login, String registry) {
    if (login.identitytoken() != null && !login.identitytoken().isEmpty()) {
      throw CredentialHelper.identityToken(registry);
    }
    if (login.username() != null && login.password() != null) {
      return Optional.of(new Credentials(login.username(), login.password()));
    }
    if (login.auth() == null || login.auth().isEmpty()) {
      return Optional.empty();
    }
    String text;
    try {
      text = new String(Base64.getDecoder().decode(login.auth().strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed("has a malformed login for " + registry);
    }
    int colon = text.indexOf(':');
    if (colon <= 0) {
      throw malformed("has a malformed login for " + registry);
    }
    return Optional.of(
        new Credentials(text.substring(0, colon), text.substring(colon + 1).replace("\0", "")));
  }

  private AtollException malformed(String what) {
    return new AtollException(ErrorCode.FAILED_PRECONDITION, file + " " + what);
  }
}
