package dev.atoll.cells;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How this host's cells are made.
 *
 * @param tier the isolation
 * @param runtime the runtime's binary (runsc or runc)
 * @param instanceId 8 characters of [a-z0-9]: part of every shared name of the host
 * @param stateDirectory an existing folder of mode 0700 for small files that survive a crash
 * @param network what cells may reach
 * @param processLimit the server's maximum of processes and threads for a cell
 */
public record CellHostConfig(
    Tier tier,
    Path runtime,
    String instanceId,
    Path stateDirectory,
    Network network,
    int processLimit) {

  /**
   * What cells may reach by default: the internet through NAT, names through a forwarder; never the
   * host, other cells, link-local, RFC 1918, 100.64.0.0/10 or IPv6.
   *
   * @param allowedRanges CIDR ranges that an operator opens although they are refused by default
   * @param nameServers upstream resolvers; empty means those of the host's /etc/resolv.conf
   */
  public record Network(List<String> allowedRanges, Optional<List<String>> nameServers) {
    public Network {
      allowedRanges = List.copyOf(allowedRanges);
      nameServers = nameServers.map(List::copyOf);
    }
  }
}
