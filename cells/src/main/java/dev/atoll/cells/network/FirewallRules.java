package dev.atoll.cells.network;

import java.util.List;

/**
 * The instance's nftables table (nft(8)), written once: every slot's link and address are in it
 * from the start. Other tables of the host can refuse more, but not allow what this one refuses.
 *
 * <p>A cell's own policy is made of elements of three sets, keyed by its address, which {@code
 * sources} ties to its link; where it leaves from is an element of a map. The sets are asked before
 * the state of a connection is, so that a changed policy also ends what was open; only what the
 * host itself began is spared.
 *
 * <p>What a cell begins takes entries of the host's one table of connections. How many it may hold,
 * and how fast it may begin more, is counted by its link's index, which no later cell gets, so what
 * a cell leaves behind counts for nobody else. Closed connections are not counted, and stay for
 * seconds only, so the rate bounds them.
 */
final class FirewallRules {
  /** Never the internet: special-purpose addresses (RFC 6890) and multicast. */
  static final List<String> REFUSED =
      List.of(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "224.0.0.0/3");

  /** How many connections a cell may have at a time; beyond it new ones are refused. */
  private static final int CONNECTIONS = 4096;

  /** How many it may begin in a second after the first {@link #CONNECTIONS}; others must wait. */
  private static final int CONNECTIONS_A_SECOND = 800;

  /**
   * The same for sockets that ask the name forwarder, which may make each question one of its own.
   */
  private static final int ASKERS = 1000;

  private static final int ASKERS_A_SECOND = 200;

  /** How long a closed connection stays in the table. */
  private static final int CLOSED_SECONDS = 5;

  /** The least that a silent connection may be forgotten after (RFC 5382, REQ-5). */
  private static final int SILENT_SECONDS = 7440;

  private FirewallRules() {}

  /**
   * The table as a script for {@code nft -f -}.
   *
   * @param links the common beginning of the instance's link names
   * @param range the instance's addresses
   * @param nameServer the forwarder's address
   * @param slots every slot that there can be
   * @param allowed ranges that an operator opens
   */
  static String script(
      String table,
      String links,
      AddressRange range,
      String nameServer,
      List<Slot> slots,
      List<AddressRange> allowed) {
    StringBuilder sources = new StringBuilder();
    for (Slot slot : slots) {
      sources.append(sources.isEmpty() ? "" : ", ");
      sources.append('"').append(slot.link()).append("\" . ").append(slot.address());
    }
    return """
    add table inet %1$s
    delete table inet %1$s
    table inet %1$s {
      set sources { type ifname . ipv4_addr; elements = { %2$s } }
      set refused { type ipv4_addr; flags interval; elements = { %3$s } }
      set allowed { type ipv4_addr; flags interval; auto-merge; %4$s }
      set restricted { type ipv4_addr; }
      set nameless { type ipv4_addr; }
      set reachable { type ipv4_addr . ipv4_addr; flags interval; }
      map departures { type ipv4_addr : ipv4_addr; }
      set askers { type iface_index; size 65535; flags dynamic; timeout 1m; }
      set rates { type iface_index; size 65535; flags dynamic; timeout 1m; }
      set counts { type iface_index; size 65535; flags dynamic; }
      ct timeout connections {
        protocol tcp; l3proto ip;
        policy = { established: %8$d, time_wait: %9$d, close: %9$d };
      }
      ct timeout questions {
        protocol udp; l3proto ip;
        policy = { unreplied: %9$d, replied: %9$d };
      }
      chain prerouting {
        type filter hook prerouting priority raw; policy accept;
        iifname "%5$s*" jump sent
      }
      chain sent {
        meta nfproto ipv6 drop
        iifname . ip saddr != @sources drop
      }
      chain input {
        type filter hook input priority filter; policy accept;
        iifname "%5$s*" jump to_host
      }
      chain to_host {
        ct direction reply ct state established,related accept
        ip saddr @nameless jump refuse
        ct state established,related accept
        ip daddr %6$s udp dport 53 goto ask
        ip daddr %6$s tcp dport 53 goto begin
        meta l4proto tcp reject with tcp reset
        reject with icmpx admin-prohibited
      }
      chain forward {
        type filter hook forward priority filter; policy accept;
        oifname "%5$s*" jump to_cell
        iifname "%5$s*" jump outward
      }
      chain to_cell {
        ip daddr @restricted ct original ip saddr . ct original ip daddr != @reachable jump refuse
        ct state established,related accept
        meta l4proto tcp reject with tcp reset
        reject with icmpx admin-prohibited
      }
      chain outward {
        ip saddr @restricted ip saddr . ip daddr != @reachable jump refuse
        ct state established,related accept
        ct state invalid drop
        ip daddr %7$s jump refuse
        ip daddr @allowed goto begin
        ip daddr @refused jump refuse
        goto begin
      }
      chain ask {
        update @askers { iif limit rate over %12$d/second burst %13$d packets } drop
        ct timeout set "questions" goto begin
      }
      chain begin {
        update @rates { iif limit rate over %10$d/second burst %11$d packets } drop
        add @counts { iif ct count over %11$d } jump refuse
        meta l4proto tcp ct timeout set "connections"
        accept
      }
      chain refuse {
        meta l4proto tcp reject with tcp reset
        reject with icmpx admin-prohibited
      }
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr %7$s oifname != "%5$s*" snat ip to ip saddr map @departures
        ip saddr %7$s oifname != "%5$s*" masquerade
      }
    }
    """
        .formatted(
            table,
            sources,
            String.join(", ", REFUSED),
            allowed.isEmpty()
                ? ""
                : "elements = { "
                    + String.join(", ", allowed.stream().map(AddressRange::toString).toList())
                    + " }",
            links,
            nameServer,
            range,
            SILENT_SECONDS,
            CLOSED_SECONDS,
            CONNECTIONS_A_SECOND,
            CONNECTIONS,
            ASKERS_A_SECOND,
            ASKERS);
  }
}
