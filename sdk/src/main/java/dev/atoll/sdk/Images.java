package dev.atoll.sdk;

import dev.atoll.protocol.modal.ImageDeleteRequest;
import dev.atoll.protocol.modal.ImageFromIdRequest;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.RegistryAuthType;
import dev.atoll.sdk.transport.ControlPlane;
import java.util.List;
import java.util.Optional;

/** Where images come from. */
public final class Images {
  private final ControlPlane controlPlane;

  Images(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /**
   * The image that a tag or digest names: first one that was imported into the server, then one of
   * a registry. The server is asked when the image is built or a sandbox is created from it.
   *
   * @param tag such as {@code python:3.13} or {@code registry.example.com/team/tools@sha256:…}
   */
  public Image fromRegistry(String tag) {
    return fromRegistry(tag, Optional.empty());
  }

  /**
   * As {@link #fromRegistry(String)}, of a registry that asks who wants it.
   *
   * @param credentials a secret with REGISTRY_USERNAME and REGISTRY_PASSWORD
   */
  public Image fromRegistry(String tag, Secret credentials) {
    return fromRegistry(tag, credentials, RegistryAuthType.REGISTRY_AUTH_TYPE_STATIC_CREDS);
  }

  /**
   * As {@link #fromRegistry(String)}, of Google's Artifact Registry.
   *
   * @param account a secret with SERVICE_ACCOUNT_JSON, the key of a service account
   */
  public Image fromGcpArtifactRegistry(String tag, Secret account) {
    return fromRegistry(tag, account, RegistryAuthType.REGISTRY_AUTH_TYPE_GCP);
  }

  /**
   * As {@link #fromRegistry(String)}, of AWS' Elastic Container Registry. Atoll's own server takes
   * no keys of AWS: building the image throws {@link UnimplementedException} there, and {@link
   * #fromRegistry(String, Secret)} with the user name {@code AWS} and what {@code aws ecr
   * get-login-password} prints does it.
   *
   * @param keys a secret with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION
   */
  public Image fromAwsEcr(String tag, Secret keys) {
    return fromRegistry(tag, keys, RegistryAuthType.REGISTRY_AUTH_TYPE_AWS);
  }

  private Image fromRegistry(String tag, Secret secret, RegistryAuthType type) {
    return fromRegistry(tag, Optional.of(new ImageLayer.RegistryAccess(secret, type)));
  }

  private Image fromRegistry(String tag, Optional<ImageLayer.RegistryAccess> access) {
    ImageLayer from =
        new ImageLayer(List.of("FROM " + tag), LayerOptions.builder().build(), access);
    return new Image(controlPlane, Optional.empty(), List.of(from));
  }

  /**
   * The image with that id.
   *
   * @throws NotFoundException if there is none
   */
  public Image fromId(String id) {
    ImageFromIdRequest request = ImageFromIdRequest.newBuilder().setImageId(id).build();
    String known = controlPlane.call(ModalClientGrpc.getImageFromIdMethod(), request).getImageId();
    return new Image(controlPlane, Optional.of(known), List.of());
  }

  /**
   * Removes an image: nobody finds it any more. Its layers go once no sandbox and no other image
   * needs them.
   *
   * @param id such as {@code im-…}
   * @throws NotFoundException if there is none
   * @throws FailedPreconditionException if a running sandbox uses it, or it has a tag of the
   *     server's own: {@code atoll image rm} removes those
   */
  public void delete(String id) {
    controlPlane.call(
        ModalClientGrpc.getImageDeleteMethod(),
        ImageDeleteRequest.newBuilder().setImageId(id).build());
  }
}
