package dev.atoll.worker.cell;

import dev.atoll.cells.NetworkPolicy;
import dev.atoll.protocol.modal.NetworkAccess;
import dev.atoll.protocol.network.NetworkAccessRules;

/** Policies as the wire writes them. */
public final class NetworkPolicies {
  private NetworkPolicies() {}

  /** The policy that a message asks for; INVALID_ARGUMENT or UNIMPLEMENTED says what it breaks. */
  public static NetworkPolicy of(NetworkAccess access) {
    NetworkAccess checked = NetworkAccessRules.checked("network_access", access);
    return switch (checked.getNetworkAccessType()) {
      case BLOCKED -> new NetworkPolicy.Blocked();
      case ALLOWLIST -> new NetworkPolicy.Allowlist(checked.getAllowedCidrsList());
      default -> new NetworkPolicy.Open();
    };
  }
}
