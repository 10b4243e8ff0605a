package dev.atoll.sdk;

import dev.atoll.protocol.modal.ImageRegistryConfig;
import dev.atoll.protocol.modal.RegistryAuthType;
import java.util.List;
import java.util.Optional;

/**
 * One step of an image's definition; its lines do not name what they build upon, save the first's.
 *
 * @param registryAccess what opens the registry of the image that it is built upon
 */
record ImageLayer(
    List<String> commands, LayerOptions options, Optional<RegistryAccess> registryAccess) {

  /** How a registry is entered. */
  record RegistryAccess(Secret secret, RegistryAuthType type) {
    ImageRegistryConfig toWire() {
      return ImageRegistryConfig.newBuilder()
          .setRegistryAuthType(type)
          .setSecretId(secret.id())
          .build();
    }
  }
}
