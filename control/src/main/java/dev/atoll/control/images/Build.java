package dev.atoll.control.images;

import dev.atoll.protocol.worker.RegistryCredentials;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be built for one image.
 *
 * @param imageId the image that it becomes
 * @param definition the layer
 * @param digests digests of the base names that are known here
 * @param toPull base names that a registry must be asked for
 * @param secrets variables of RUN steps; never logged
 * @param credentials for the registry
 * @param force whether cached steps run again
 */
record Build(
    String imageId,
    Definition definition,
    Map<String, String> digests,
    List<String> toPull,
    Map<String, String> secrets,
    Optional<RegistryCredentials> credentials,
    boolean force) {
  /** Whether the image is nothing but a base that is here already. */
  boolean isTrivial() {
    return toPull.isEmpty() && BaseNames.onlyFrom(definition.commands()) && digests.size() == 1;
  }

  @Override
  public String toString() {
    return "Build[" + imageId + "]";
  }
}
