package dev.atoll.sdk;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.ObjectCreationType;
import dev.atoll.protocol.modal.SecretDeleteRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.sdk.transport.ControlPlane;
import java.util.List;
import java.util.Map;

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
    return ask(
        SecretGetOrCreateRequest.newBuilder()
            .setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_EPHEMERAL)
            .putAllEnvDict(variables));
  }

  /**
   * The secret of that name in the client's environment, if it has at least the given keys.
   *
   * @throws NotFoundException if there is no secret of that name
   * @throws FailedPreconditionException if a key is missing; the message names it
   */
  public Secret fromName(String name, String... requiredKeys) {
    return ask(
        SecretGetOrCreateRequest.newBuilder()
            .setDeploymentName(name)
            .addAllRequiredKeys(List.of(requiredKeys)));
  }

  /**
   * Removes a secret. What has started with it keeps its variables.
   *
   * @throws NotFoundException if there is no secret of that name
   */
  public void delete(String name) {
    controlPlane.call(
        ModalClientGrpc.getSecretDeleteMethod(),
        SecretDeleteRequest.newBuilder().setSecretId(fromName(name).id()).build());
  }

  private Secret ask(SecretGetOrCreateRequest.Builder request) {
    return new Secret(
        controlPlane
            .call(
                ModalClientGrpc.getSecretGetOrCreateMethod(),
                request.setEnvironmentName(controlPlane.environment()).build())
            .getSecretId());
  }
}
