package dev.atoll.worker.connect;

import dev.atoll.worker.record.ConnectFile;
import dev.atoll.worker.tunnel.Activity;
import dev.atoll.worker.tunnel.EventLoops;
import dev.atoll.worker.tunnel.TunnelDomain;
import java.util.Optional;

/**
 * Where tasks' connect tokens are taken: below a domain, or on loopback addresses. Thread-safe.
 *
 * @param domain where host names are published, if there is one
 */
public record ConnectHost(EventLoops loops, Optional<TunnelDomain> domain) {
  /**
   * For one task; opens nothing yet.
   *
   * @param cell the address of the task's cell
   * @param activity hears of requests
   * @param record keeps the tokens
   */
  public ConnectAddress addressOf(String cell, Activity activity, ConnectFile record) {
    return new ConnectAddress(loops, cell, activity, domain, record);
  }
}
