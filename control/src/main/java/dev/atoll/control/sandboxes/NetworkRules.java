package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import java.util.regex.Pattern;

/** The shapes of address ranges, domains, clouds and regions. */
final class NetworkRules {
  private static final Pattern OCTETS =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!/|$)|(?=/))){4}/(?:3[0-2]|[12]?\\d)");
  private static final Pattern DOMAIN =
      Pattern.compile(
          "\\*|(?:\\*\\.)?(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z][a-zA-Z0-9-]*");
  private static final Pattern CLOUD = Pattern.compile("|aws|gcp|oci|auto");
  private static final Pattern REGION =
      Pattern.compile(
          "(?:us|eu|ap|uk|ca|me|sa|af|il|mx|jp|au|in|kr|sg|europe|asia|global)(?:-[a-z]+)*-?\\d*");

  private NetworkRules() {}

  static void checkCidr(String cidr) {
    if (!OCTETS.matcher(cidr).matches()) {
      throw AtollException.invalid("Invalid CIDR: %s", Names.shortened(cidr));
    }
  }

  static void checkDomain(String domain) {
    if (!DOMAIN.matcher(domain).matches()) {
      throw AtollException.invalid(
          "Invalid domain: %s (expected example.com, *.example.com or *)", Names.shortened(domain));
    }
  }

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
