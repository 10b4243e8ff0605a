package dev.atoll.worker.task;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.PortSpec;
import dev.atoll.protocol.modal.TunnelData;
import dev.atoll.protocol.modal.TunnelType;
import dev.atoll.worker.tunnel.Tunnel;
import dev.atoll.worker.tunnel.TunnelPort;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Ports and their tunnels, between the wire and {@code tunnel}. */
final class TaskPorts {
  private static final int HIGHEST = 65_535;

  private TaskPorts() {}

  /** Checks ports; INVALID_ARGUMENT says which rule is broken. */
  static List<TunnelPort> of(List<PortSpec> ports) {
    Set<Integer> seen = new HashSet<>();
    for (PortSpec port : ports) {
      if (port.getPort() < 1 || port.getPort() > HIGHEST) {
        throw AtollException.invalid(
            "open_ports: %s is no port: they are 1 to 65535",
            Integer.toUnsignedString(port.getPort()));
      }
      if (!seen.add(port.getPort())) {
        throw AtollException.invalid("open_ports: %d is there twice", port.getPort());
      }
    }
    return ports.stream().map(port -> new TunnelPort(port.getPort(), kind(port))).toList();
  }

  /** What is told of a tunnel. */
  static TunnelData data(Tunnel tunnel) {
    TunnelData.Builder data =
        TunnelData.newBuilder()
            .setContainerPort(tunnel.port())
            .setHost(tunnel.encrypted().host())
            .setPort(tunnel.encrypted().port());
    tunnel
        .unencrypted()
        .ifPresent(plain -> data.setUnencryptedHost(plain.host()).setUnencryptedPort(plain.port()));
    return data.build();
  }

  /** What was told of a tunnel. */
  static Tunnel tunnel(TunnelData data) {
    return new Tunnel(
        data.getContainerPort(),
        new Tunnel.Endpoint(data.getHost(), data.getPort()),
        data.hasUnencryptedPort()
            ? Optional.of(new Tunnel.Endpoint(data.getUnencryptedHost(), data.getUnencryptedPort()))
            : Optional.empty());
  }

  private static TunnelPort.Kind kind(PortSpec port) {
    if (port.getUnencrypted()) {
      return TunnelPort.Kind.UNENCRYPTED;
    }
    return port.getTunnelType() == TunnelType.TUNNEL_TYPE_H2
        ? TunnelPort.Kind.H2
        : TunnelPort.Kind.ENCRYPTED;
  }
}
