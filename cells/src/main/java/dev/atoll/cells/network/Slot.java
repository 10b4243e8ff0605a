package dev.atoll.cells.network;

/**
 * A cell's place in the network, used for one boot.
 *
 * @param number 1 and up
 * @param link the host's end of the virtual link
 * @param gateway the address of that end
 * @param address the cell's address; the two are a /31 (RFC 3021)
 * @param mtu the largest packet, in bytes
 */
public record Slot(int number, String link, String gateway, String address, int mtu) {
  /** Commands for {@code ip -batch -} on the host: the link, its other end inside the cell. */
  public String hostCommands(String processId) {
    return """
    link add name %1$s mtu %4$d type veth peer name eth0 mtu %4$d netns %2$s
    link set %1$s addrgenmode none
    addr add %3$s/31 dev %1$s
    link set %1$s up
    """
        .formatted(link, processId, gateway, mtu);
  }

  /** Commands for {@code ip -batch -} in the cell's network namespace. */
  public String cellCommands() {
    return """
    link set lo up
    link set eth0 addrgenmode none
    addr add %s/31 dev eth0
    link set eth0 up
    route add default via %s
    """
        .formatted(address, gateway);
  }
}
