package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.Sandbox;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The shapes of clouds and regions. */
final class PlacementRules {
  private static final Pattern CLOUD = Pattern.compile("|aws|gcp|oci|auto");
  private static final Pattern REGION =
      Pattern.compile(
          "(?:us|eu|ap|uk|ca|me|sa|af|il|mx|jp|au|in|kr|sg|europe|asia|global)(?:-[a-z]+)*-?\\d*");

  private PlacementRules() {}

  /**
   * Where a definition asks to run. That has no meaning on one host; a name that means nothing is
   * still an error.
   */
  static Optional<SandboxSpec.Placement> placement(Sandbox definition) {
    String cloud = definition.getCloudProviderStr();
    List<String> regions = definition.getSchedulerPlacement().getRegionsList();
    checkCloud(cloud);
    regions.forEach(PlacementRules::checkRegion);
    return cloud.isEmpty() && regions.isEmpty()
        ? Optional.empty()
        : Optional.of(new SandboxSpec.Placement(cloud, regions));
  }

  private static void checkCloud(String cloud) {
    if (!CLOUD.matcher(cloud).matches()) {
      throw AtollException.invalid(
          "definition.cloud_provider_str '%s' must be aws, gcp, oci or auto",
          Names.shortened(cloud));
    }
  }

  private static void checkRegion(String region) {
    if (!REGION.matcher(region).matches()) {
      throw AtollException.invalid(
          "definition.scheduler_placement.regions has '%s': that is no region, such as us-east-1",
          Names.shortened(region));
    }
  }
}
