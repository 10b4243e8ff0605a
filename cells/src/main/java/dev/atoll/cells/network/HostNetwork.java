package dev.atoll.cells.network;

import dev.atoll.cells.CellException;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The instance's network on the host. Thread-safe. */
public final class HostNetwork implements AutoCloseable {
  private static final String LINK_BEGINNING = "at";
  private static final String FORWARDER_LINK = "dns";
  private static final int INSTANCE_ID_LENGTH = 8;
  private static final int SLOTS = 2048;

  private final String instanceId;
  private final Path shared;
  private final String nameServer;
  private final NetworkSlots slots;
  private final SlotPolicies policies;
  private final NameForwarder forwarder;

  private HostNetwork(
      String instanceId,
      Path shared,
      String nameServer,
      NetworkSlots slots,
      SlotPolicies policies,
      NameForwarder forwarder) {
    this.instanceId = instanceId;
    this.shared = shared;
    this.nameServer = nameServer;
    this.slots = slots;
    this.policies = policies;
    this.forwarder = forwarder;
  }

  /**
   * Where an instance's network is set up.
   *
   * @param shared a folder that every instance of this host uses
   * @param own a folder of the instance, which is there as long as its network is
   * @param group where the forwarder's process belongs
   */
  public record Place(Path shared, Path own, ControlGroup group) {
    private Path range() {
      return own.resolve("addresses");
    }
  }

  /**
   * Sets the instance's network up, or takes over what a predecessor has left of it.
   *
   * @param held the slots that are in use; when there are none, nothing of a predecessor may be
   *     left
   */
  public static HostNetwork open(
      String instanceId, CellHostConfig.Network config, Place place, List<HeldSlot> held)
      throws IOException, InterruptedException {
    List<AddressRange> allowed = config.allowedRanges().stream().map(AddressRange::parse).toList();
    // Two instances that start at once must not choose the same range.
    try (NetworkLock _ = NetworkLock.take(place.shared())) {
      HostRoutes routes = HostRoutes.read();
      AddressRange range =
          held.isEmpty()
              ? findFree(instanceId, routes, allowed, config)
              : AddressRange.parse(Files.readString(place.range()).strip());
      String nameServer = range.address(1);
      new UplinkForwarding(place.shared()).enable(routes.uplinks());
      List<Slot> all = slots(instanceId, range, routes.mtu());
      NetworkSlots slots = new NetworkSlots(all);
      SlotPolicies policies = new SlotPolicies(table(instanceId));
      String rules =
          FirewallRules.script(
              table(instanceId), links(instanceId), range, nameServer, all, allowed);
      if (held.isEmpty()) {
        makeBridge(instanceId, nameServer, range.prefix());
        Files.writeString(place.range(), range.toString());
      } else {
        List<Slot> used = held.stream().map(slot -> all.get(slot.number() - 1)).toList();
        used.forEach(slots::hold);
        removeOtherLinks(instanceId, used);
        // In the same transaction: no cell may reach more than its policy says, not for a moment.
        for (HeldSlot slot : held) {
          rules += policies.restore(all.get(slot.number() - 1), slot);
        }
      }
      load(rules);
      NameForwarder forwarder =
          NameForwarder.start(nameServer, config.nameServers(), place.group(), place.own());
      return new HostNetwork(instanceId, place.shared(), nameServer, slots, policies, forwarder);
    }
  }

  private static void load(String rules) throws CellException, InterruptedException {
    try {
      Command.of("nft", "-f", "-").withInput(rules).run();
    } catch (CellException refused) {
      throw new CellException(
          "the firewall can't be set up; the kernel must have nf_tables with connection limits and"
              + " timeouts (CONFIG_NFT_CONNLIMIT, CONFIG_NFT_CT, CONFIG_NF_CONNTRACK_TIMEOUT): "
              + refused.getMessage(),
          refused);
    }
  }

  private static AddressRange findFree(
      String instanceId,
      HostRoutes routes,
      List<AddressRange> allowed,
      CellHostConfig.Network config)
      throws IOException {
    List<AddressRange> used = new ArrayList<>(allowed);
    used.addAll(NameServers.addresses(config.nameServers()));
    return routes
        .findFree(instanceId.hashCode(), used)
        .orElseThrow(
            () ->
                new CellException(
                    "no /20 of 10.0.0.0/8 is free of routes on this host for the cells"));
  }

  private static void makeBridge(String instanceId, String nameServer, int prefix)
      throws CellException, InterruptedException {
    Command.of("ip", "-batch", "-")
        .withInput(
            """
            link add name %1$s type bridge
            link set %1$s addrgenmode none
            addr add %2$s/%3$d dev %1$s
            link set %1$s up
            """
                .formatted(links(instanceId) + FORWARDER_LINK, nameServer, prefix))
        .run();
  }

  private static void removeOtherLinks(String instanceId, List<Slot> used)
      throws IOException, InterruptedException {
    Set<String> kept = new HashSet<>(used.stream().map(Slot::link).toList());
    kept.add(links(instanceId) + FORWARDER_LINK);
    HostLinks.delete(
        HostLinks.names().stream()
            .filter(link -> link.startsWith(links(instanceId)) && !kept.contains(link))
            .toList());
  }

  /** The address at which cells find the name forwarder. */
  public String nameServer() {
    return nameServer;
  }

  /** The slot that a cell has from a host that died. */
  public Slot heldSlot(int number) {
    return slots.held(number);
  }

  /**
   * Takes a slot for one boot.
   *
   * @throws CellException when all are in use
   */
  public Slot takeSlot() throws CellException {
    return slots
        .take()
        .orElseThrow(() -> new CellException("all " + (SLOTS - 1) + " network slots are in use"));
  }

  /**
   * Replaces what a slot's cell may reach, also for connections that are open. Returns when it
   * holds. Blocks for milliseconds, unless nothing changes. Not at once for the same slot.
   */
  public void restrict(Slot slot, NetworkPolicy policy) throws CellException, InterruptedException {
    policies.apply(slot, policy);
  }

  /**
   * Has a slot's cell's new connections leave from an address of this host. Blocks for
   * milliseconds. Not at once for the same slot.
   */
  public void sendFrom(Slot slot, String address) throws CellException, InterruptedException {
    if (!HostAddresses.has(address)) {
      throw new CellException(
          "connections can't leave from %s: it is no address of this host".formatted(address));
    }
    policies.sendFrom(slot, address);
  }

  /** Removes a slot's link, at once, and lets a later boot use its addresses. */
  public void release(Slot slot) throws CellException, InterruptedException {
    HostLinks.delete(List.of(slot.link()));
    policies.apply(slot, new NetworkPolicy.Open());
    policies.sendAsUsual(slot);
    slots.giveBack(slot);
  }

  /** Lets go of the network, which stays: the cells go on. */
  public void handOver() {
    forwarder.handOver();
  }

  @Override
  public void close() {
    forwarder.close();
    try {
      clear(instanceId, shared);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes an instance's links and rules, whoever made them. */
  public static void clear(String instanceId, Path shared)
      throws IOException, InterruptedException {
    try (NetworkLock _ = NetworkLock.take(shared)) {
      List<String> own = new ArrayList<>();
      boolean last = true;
      for (String link : HostLinks.names()) {
        if (link.startsWith(links(instanceId))) {
          own.add(link);
        } else if (link.endsWith("-" + FORWARDER_LINK) && isForwarderLink(link)) {
          last = false;
        }
      }
      HostLinks.delete(own);
      String table = "table inet " + table(instanceId);
      Command.of("nft", "-f", "-").withInput("add " + table + "\ndelete " + table + "\n").run();
      if (last) {
        new UplinkForwarding(shared).restore();
      }
    }
  }

  private static List<Slot> slots(String instanceId, AddressRange range, int mtu) {
    List<Slot> slots = new ArrayList<>();
    for (int i = 1; i < SLOTS; i++) {
      slots.add(
          new Slot(
              i,
              links(instanceId) + Integer.toHexString(i),
              range.address(2L * i),
              range.address(2L * i + 1),
              mtu));
    }
    return slots;
  }

  private static boolean isForwarderLink(String link) {
    return link.startsWith(LINK_BEGINNING)
        && link.length()
            == LINK_BEGINNING.length() + INSTANCE_ID_LENGTH + 1 + FORWARDER_LINK.length();
  }

  private static String links(String instanceId) {
    return LINK_BEGINNING + instanceId + "-";
  }

  private static String table(String instanceId) {
    return "atoll_" + instanceId;
  }
}
