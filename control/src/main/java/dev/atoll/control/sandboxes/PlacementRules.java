package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import java.util.regex.Pattern;

/** The shapes of clouds and regions. */
final class PlacementRules {
  private static final Pattern CLOUD = Pattern.compile("|aws|gcp|oci|auto");
  private static final Pattern REGION =
      Pattern.compile(
          "(?:us|eu|ap|uk|ca|me|sa|af|il|mx|jp|au|in|kr|sg|europe|asia|global)(?:-[a-z]+)*-?\\d*");

  private PlacementRules() {}

  /**
   * Where a sandbox runs has no meaning on one host; a name that means nothing is still an error.
   */
  static void checkCloud(String cloud) {
    if (!CLOUD.matcher(cloud).matches()) {
      throw AtollException.invalid(
          "definition.cloud_provider_str '%s' must be aws, gcp, oci or auto",
          Names.shortened(cloud));
    }
  }

  static void checkRegion(String region) {
    if (!REGION.matcher(region).matches()) {
      throw AtollException.invalid(
          "definition.scheduler_placement.regions has '%s': that is no region, such as us-east-1",
          Names.shortened(region));
    }
  }
}
