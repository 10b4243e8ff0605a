package dev.atoll.sdk;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.ObjectCreationType;
import dev.atoll.protocol.modal.SecretDeleteRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.sdk.transport.ControlPlane;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Finds and makes secrets. */
public final class Secrets {
  private final ControlPlane controlPlane;

  Secrets(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /**
   * A secret without a name that holds the given variables. The server drops it some time after the
   * last sandbox that uses it.
   *
   * @throws InvalidArgumentException if a name is empty or holds {@code =} or NUL
   */
  public Secret fromMap(Map<String, String> variables) {
    return fromMap(variables, options -> {});
  }

  /**
   * As {@link #fromMap(Map)}, in another environment.
   *
   * @throws InvalidArgumentException if a name is empty or holds {@code =} or NUL
   * @throws NotFoundException if there is no such environment
   */
  public Secret fromMap(
      Map<String, String> variables, Consumer<EnvironmentOptions.Builder> options) {
    EnvironmentOptions.Builder builder = EnvironmentOptions.builder();
    options.accept(builder);
    return ask(
        SecretGetOrCreateRequest.newBuilder()
            .setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_EPHEMERAL)
            .putAllEnvDict(variables),
        builder.build().environment());
  }

  /**
   * The secret of that name in the client's environment, if it has at least the given keys.
   *
   * @throws NotFoundException if there is no secret of that name
   * @throws FailedPreconditionException if a key is missing; the message names it
   */
  public Secret fromName(String name, String... requiredKeys) {
    return fromName(name, options -> options.requiredKeys(requiredKeys));
  }

  /**
   * The secret of that name: {@code fromName("token", secret -> secret.environment("staging"))}.
   *
   * @throws NotFoundException if there is no such environment, or no secret of that name in it
   * @throws FailedPreconditionException if a required key is missing; the message names it
   */
  public Secret fromName(String name, Consumer<SecretOptions.Builder> options) {
    SecretOptions.Builder builder = SecretOptions.builder();
    options.accept(builder);
    SecretOptions chosen = builder.build();
    return ask(
        SecretGetOrCreateRequest.newBuilder()
            .setDeploymentName(name)
            .addAllRequiredKeys(chosen.requiredKeys()),
        chosen.environment());
  }

  /**
   * Removes a secret. What has started with it keeps its variables.
   *
   * @throws NotFoundException if there is no secret of that name
   */
  public void delete(String name) {
    delete(name, options -> {});
  }

  /**
   * As {@link #delete(String)}, in another environment.
   *
   * @throws NotFoundException if there is no such environment, or no secret of that name in it
   */
  public void delete(String name, Consumer<EnvironmentOptions.Builder> options) {
    EnvironmentOptions.Builder builder = EnvironmentOptions.builder();
    options.accept(builder);
    Secret secret =
        ask(
            SecretGetOrCreateRequest.newBuilder().setDeploymentName(name),
            builder.build().environment());
    controlPlane.call(
        ModalClientGrpc.getSecretDeleteMethod(),
        SecretDeleteRequest.newBuilder().setSecretId(secret.id()).build());
  }

  private Secret ask(SecretGetOrCreateRequest.Builder request, Optional<String> environment) {
    return new Secret(
        controlPlane
            .call(
                ModalClientGrpc.getSecretGetOrCreateMethod(),
                request
                    .setEnvironmentName(environment.orElseGet(controlPlane::environment))
                    .build())
            .getSecretId());
  }
}
