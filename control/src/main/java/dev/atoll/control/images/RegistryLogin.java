package dev.atoll.control.images;

import dev.atoll.control.secrets.Secrets;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.Image;
import dev.atoll.protocol.modal.RegistryAuthType;
import dev.atoll.protocol.worker.RegistryCredentials;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The secret with a registry's credentials.
 *
 * @param secretId its id
 * @param kind what its variables are called
 */
record RegistryLogin(String secretId, Kind kind) {
  /** Kinds of registries. */
  enum Kind {
    /** A user name and a password. */
    STATIC,
    /** The key of a Google Cloud service account, whose registries take it as a password. */
    GOOGLE
  }

  private static final String USERNAME = "REGISTRY_USERNAME";
  private static final String PASSWORD = "REGISTRY_PASSWORD";
  private static final String ACCOUNT = "SERVICE_ACCOUNT_JSON";

  /**
   * The user name that goes with a key (Artifact Registry, "Configure authentication to Docker").
   */
  private static final String ACCOUNT_USERNAME = "_json_key";

  /** What a definition names; UNIMPLEMENTED for a kind that isn't served. */
  static Optional<RegistryLogin> read(Image image) {
    if (!image.hasImageRegistryConfig()) {
      return Optional.empty();
    }
    RegistryAuthType type = image.getImageRegistryConfig().getRegistryAuthType();
    String id = image.getImageRegistryConfig().getSecretId();
    return switch (type) {
      case REGISTRY_AUTH_TYPE_UNSPECIFIED, REGISTRY_AUTH_TYPE_PUBLIC -> Optional.empty();
      case REGISTRY_AUTH_TYPE_STATIC_CREDS -> Optional.of(new RegistryLogin(id, Kind.STATIC));
      case REGISTRY_AUTH_TYPE_GCP -> Optional.of(new RegistryLogin(id, Kind.GOOGLE));
      case REGISTRY_AUTH_TYPE_AWS, UNRECOGNIZED ->
          throw new AtollException(
              ErrorCode.UNIMPLEMENTED,
              "image_registry_config.registry_auth_type %s is not served: use a user name and password"
                      .formatted(type)
                  + " (REGISTRY_AUTH_TYPE_STATIC_CREDS); those of AWS are AWS and what"
                  + " 'aws ecr get-login-password' prints");
    };
  }

  /** The credentials at present; FAILED_PRECONDITION names what the secret lacks. */
  RegistryCredentials credentials(Handle handle) {
    Map<String, String> values = Secrets.values(handle, List.of(secretId));
    List<String> wanted =
        switch (kind) {
          case STATIC -> List.of(USERNAME, PASSWORD);
          case GOOGLE -> List.of(ACCOUNT);
        };
    List<String> absent = wanted.stream().filter(key -> !values.containsKey(key)).toList();
    if (!absent.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION, "Secret is missing key(s): " + String.join(", ", absent));
    }
    return switch (kind) {
      case STATIC -> pair(values.getOrDefault(USERNAME, ""), values.getOrDefault(PASSWORD, ""));
      case GOOGLE -> pair(ACCOUNT_USERNAME, values.getOrDefault(ACCOUNT, ""));
    };
  }

  private static RegistryCredentials pair(String username, String password) {
    return RegistryCredentials.newBuilder().setUsername(username).setPassword(password).build();
  }
}
