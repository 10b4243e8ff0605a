package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.NetworkAccess;
import dev.atoll.protocol.modal.NetworkAccess.NetworkAccessType;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.network.NetworkAccessRules;
import java.util.List;

/**
 * What a sandbox may reach, of what the server lets any sandbox reach.
 *
 * @param access all of it, nothing, or the ranges
 * @param ranges IPv4 ranges in CIDR form
 */
public record NetworkChoice(Access access, List<String> ranges) {
  private static final String FIELD = "definition.network_access";

  public NetworkChoice {
    ranges = List.copyOf(ranges);
  }

  /** Stored by name. */
  public enum Access {
    OPEN,
    BLOCKED,
    ALLOWLIST
  }

  /** What a definition asks for, in either generation's words; INVALID_ARGUMENT, UNIMPLEMENTED. */
  static NetworkChoice of(Sandbox definition) {
    NetworkAccess.Builder asked = definition.getNetworkAccess().toBuilder();
    boolean unspecified = asked.getNetworkAccessType() == NetworkAccessType.UNSPECIFIED;
    if (definition.getBlockNetwork()) {
      if (!unspecified && asked.getNetworkAccessType() != NetworkAccessType.BLOCKED) {
        throw AtollException.invalid(
            "definition.block_network is set, but %s asks for %s: choose one",
            FIELD, asked.getNetworkAccessType());
      }
      asked.setNetworkAccessType(NetworkAccessType.BLOCKED);
    } else if (unspecified) {
      asked.setNetworkAccessType(NetworkAccessType.OPEN);
    }
    NetworkAccess checked = NetworkAccessRules.checked(FIELD, asked.build());
    return new NetworkChoice(
        Access.valueOf(checked.getNetworkAccessType().name()), checked.getAllowedCidrsList());
  }

  NetworkAccess toWire() {
    return NetworkAccess.newBuilder()
        .setNetworkAccessType(NetworkAccessType.valueOf(access.name()))
        .addAllAllowedCidrs(ranges)
        .build();
  }
}
