package dev.atoll.worker.cell;

import dev.atoll.cells.Cell;
import dev.atoll.cells.Claim;
import java.util.List;

/**
 * The files that tell a cell's programs about its network (hosts(5), resolv.conf(5), hostname(5)).
 */
final class NetworkFiles {
  private NetworkFiles() {}

  static List<Claim.File> of(Cell cell, String hostname) {
    return List.of(
        new Claim.File("/etc/hostname", hostname + "\n"),
        new Claim.File(
            "/etc/hosts", "127.0.0.1\tlocalhost\n" + cell.address() + "\t" + hostname + "\n"),
        new Claim.File("/etc/resolv.conf", "nameserver " + cell.nameServer() + "\n"));
  }
}
