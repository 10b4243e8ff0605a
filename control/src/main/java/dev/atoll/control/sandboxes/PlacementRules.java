package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.Sandbox;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which clouds and regions may be asked for. */
final class PlacementRules {
  private static final Set<String> CLOUDS = Set.of("aws", "gcp", "oci", "auto");

  private final Regions regions = new Regions();

  /**
   * Where a definition asks to run. That has no meaning on one host; a name that means nothing is
   * still an error.
   */
  Optional<SandboxSpec.Placement> placement(Sandbox definition) {
    String cloud = cloud(definition);
    List<String> asked = definition.getSchedulerPlacement().getRegionsList();
    asked.forEach(this::checkRegion);
    return cloud.isEmpty() && asked.isEmpty()
        ? Optional.empty()
        : Optional.of(new SandboxSpec.Placement(cloud, asked));
  }

  /** The cloud, in either generation's words. */
  private static String cloud(Sandbox definition) {
    String cloud = definition.getCloudProviderStr();
    if (cloud.isEmpty()) {
      return switch (definition.getCloudProvider()) {
        case CLOUD_PROVIDER_UNSPECIFIED -> "";
        case CLOUD_PROVIDER_AWS -> "aws";
        case CLOUD_PROVIDER_GCP -> "gcp";
        case CLOUD_PROVIDER_AUTO -> "auto";
        case CLOUD_PROVIDER_OCI -> "oci";
        case UNRECOGNIZED ->
            throw AtollException.invalid(
                "definition.cloud_provider %d is none: see definition.cloud_provider_str",
                definition.getCloudProviderValue());
      };
    }
    if (!CLOUDS.contains(cloud)) {
      throw AtollException.invalid(
          "definition.cloud_provider_str '%s' must be aws, gcp, oci or auto",
          Names.shortened(cloud));
    }
    return cloud;
  }

  private void checkRegion(String region) {
    if (!regions.has(region)) {
      throw AtollException.invalid(
          "definition.scheduler_placement.regions has '%s', which is no region: give one that AWS,"
              + " GCP or OCI publishes, such as us-east-1, or a broad one, which are %s",
          Names.shortened(region), regions.broadNames());
    }
  }
}
