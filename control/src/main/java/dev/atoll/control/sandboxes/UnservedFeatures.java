package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.Sandbox;
import java.util.LinkedHashMap;
import java.util.Map;

/** Refuses what a definition asks for and this server doesn't serve, so that nothing is ignored. */
final class UnservedFeatures {
  static final String ENABLE_DOCKER = "enable_docker";
  static final String PROXY_TRAFFIC = "proxy_traffic_via_sidecar";

  private UnservedFeatures() {}

  static void refuse(Sandbox definition) {
    refuse(definition.getMountIdsCount() > 0, "mount_ids (local files)");
    refuse(definition.getNfsMountsCount() > 0, "nfs_mounts (network file systems)");
    refuse(definition.getS3MountsCount() > 0, "s3_mounts (buckets)");
    refuse(definition.getCloudBucketMountsCount() > 0, "cloud_bucket_mounts (buckets)");
    definition.getVolumeMountsList().stream()
        .findFirst()
        .ifPresent(
            mount -> {
              // Whatever the id, there is none: nothing on this server makes volumes.
              throw AtollException.notFound(
                  "volume '%s' not found: this server has no volumes", mount.getVolumeId());
            });
    refuse(
        definition.getInboundCidrAllowlistCount() > 0,
        "inbound_cidr_allowlist (limits on who uses tunnels)");
    refuse(!definition.getCustomDomain().isEmpty(), "custom_domain (domains of tunnels)");
    refuse(definition.getI6PnEnabled(), "i6pn_enabled (private IPv6 network)");
    refuse(definition.getEnableSnapshot(), "enable_snapshot (memory snapshots)");
    refuse(
        definition.getIncludeOidcIdentityToken(), "include_oidc_identity_token (identity tokens)");
    refuse(definition.getIncludeX509Svid(), "include_x509_svid (identity documents)");
    refuse(
        definition.hasExperimentalOutboundPolicy() || definition.hasOutboundPolicy(),
        "outbound_policy (outbound policies)");
    refuseExperiments(definition);
    refuseHardware(definition);
  }

  private static void refuseExperiments(Sandbox definition) {
    Map<String, String> options = new LinkedHashMap<>(definition.getExperimentalOptionsV2Map());
    definition
        .getExperimentalOptionsMap()
        .forEach((name, value) -> options.put(name, value.toString()));
    refuse(
        "true".equals(options.get(ENABLE_DOCKER)),
        "experimental option enable_docker (Docker in sandboxes)");
    refuse(
        !options.getOrDefault(PROXY_TRAFFIC, "").isEmpty(),
        "experimental option proxy_traffic_via_sidecar (sidecars)");
  }

  private static void refuseHardware(Sandbox definition) {
    boolean gpu =
        definition.getResources().getGpuConfig().getCount() != 0
            || !definition.getResources().getGpuConfig().getGpuType().isEmpty()
            || definition.getResources().getGpuConfig().getTypeValue() != 0;
    if (gpu) {
      throw AtollException.invalid(
          "resources.gpu_config asks for the GPU '%s': this server has none",
          Names.shortened(definition.getResources().getGpuConfig().getGpuType()));
    }
    if (definition.getResources().getRdma()) {
      throw AtollException.invalid("resources.rdma is set: this server has no such network");
    }
  }

  private static void refuse(boolean present, String what) {
    if (present) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          "definition.%s: this server does not serve them yet".formatted(what));
    }
  }
}
