package dev.atoll.cells.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** The addresses that this host can send from. */
public final class HostAddresses {
  private static final String OF_CELLS = "at[0-9a-z]{8}-.*";

  private HostAddresses() {}

  /** All of IPv4 but those of loopback links and of cells' links. */
  public static List<String> all() {
    List<String> addresses = new ArrayList<>();
    try {
      for (NetworkInterface link : NetworkInterface.networkInterfaces().toList()) {
        if (link.isLoopback() || link.getName().matches(OF_CELLS)) {
          continue;
        }
        link.inetAddresses()
            .filter(Inet4Address.class::isInstance)
            .map(InetAddress::getHostAddress)
            .forEach(addresses::add);
      }
    } catch (SocketException e) {
      // A link that was just removed.
      return addresses;
    }
    return addresses;
  }

  static boolean has(String address) {
    return all().contains(address);
  }
}
