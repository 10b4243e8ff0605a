package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.PortSpec;
import dev.atoll.protocol.modal.PortSpecs;
import dev.atoll.protocol.modal.TunnelType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What ports a sandbox may open. */
final class PortRules {
  /** As many as a sandbox may have: each is a port of the host, too. */
  private static final int MOST = 64;

  private static final int HIGHEST = 65_535;

  private PortRules() {}

  /** The ports that are asked for; INVALID_ARGUMENT names the rule that they break. */
  static List<SandboxSpec.Port> ports(PortSpecs wanted) {
    if (wanted.getPortsCount() > MOST) {
      throw AtollException.invalid(
          "definition.open_ports has %d ports: at most %d are allowed",
          wanted.getPortsCount(), MOST);
    }
    Set<Integer> seen = new HashSet<>();
    for (PortSpec port : wanted.getPortsList()) {
      if (port.getPort() < 1 || port.getPort() > HIGHEST) {
        throw AtollException.invalid(
            "definition.open_ports: %s is no port: they are 1 to 65535",
            Integer.toUnsignedString(port.getPort()));
      }
      if (!seen.add(port.getPort())) {
        throw AtollException.invalid(
            "definition.open_ports: port %d is there twice: open it in one way", port.getPort());
      }
    }
    return wanted.getPortsList().stream()
        .map(port -> new SandboxSpec.Port(port.getPort(), kind(port)))
        .toList();
  }

  private static SandboxSpec.Kind kind(PortSpec port) {
    boolean h2 = port.getTunnelType() == TunnelType.TUNNEL_TYPE_H2;
    if (port.getUnencrypted()) {
      if (h2) {
        throw AtollException.invalid(
            "definition.open_ports: port %d can't be both unencrypted and of type H2",
            port.getPort());
      }
      return SandboxSpec.Kind.UNENCRYPTED;
    }
    return h2 ? SandboxSpec.Kind.H2 : SandboxSpec.Kind.ENCRYPTED;
  }
}
