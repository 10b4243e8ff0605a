package dev.atoll.cells.network;

import dev.atoll.cells.CellException;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.process.Command;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The policies of slots, as elements of the table's sets. A slot without one has no element, and
 * costs nothing. Thread-safe for calls about different slots.
 */
final class SlotPolicies {
  private final String table;
  private final Map<Slot, SlotRules> known = new ConcurrentHashMap<>();
  private final Map<Slot, String> departures = new ConcurrentHashMap<>();

  SlotPolicies(String table) {
    this.table = table;
  }

  /** Has new connections of a slot leave from an address of the host; once for a slot. */
  void sendFrom(Slot slot, String address) throws CellException, InterruptedException {
    String element = departure(slot, address);
    if (departures.putIfAbsent(slot, element) != null) {
      throw new CellException("where the connections leave from was set before");
    }
    nft(addDeparture(element));
  }

  /** Takes that back. */
  void sendAsUsual(Slot slot) throws CellException, InterruptedException {
    String element = departures.get(slot);
    if (element != null) {
      // It may not have been heard by the kernel: only what is there can be deleted.
      nft(
          "add element inet %1$s departures { %2$s }\ndelete element inet %1$s departures { %2$s }\n"
              .formatted(table, element));
      departures.remove(slot);
    }
  }

  private static void nft(String script) throws CellException, InterruptedException {
    Command.of("nft", "-f", "-").withInput(script).run();
  }

  /**
   * Notes what a slot has had before the table was made anew.
   *
   * @return what puts it into the new table: commands for {@code nft -f -}
   */
  String restore(Slot slot, HeldSlot held) {
    SlotRules rules = SlotRules.of(slot, held.policy());
    if (!rules.equals(SlotRules.NONE)) {
      known.put(slot, rules);
    }
    String departure = "";
    if (held.departure().isPresent()) {
      String element = departure(slot, held.departure().get());
      departures.put(slot, element);
      departure = addDeparture(element);
    }
    return rules.replacing(SlotRules.NONE, table) + departure;
  }

  private static String departure(Slot slot, String address) {
    return slot.address() + " : " + address;
  }

  private String addDeparture(String element) {
    return "add element inet %s departures { %s }\n".formatted(table, element);
  }

  /** Replaces a slot's policy in one step. */
  void apply(Slot slot, NetworkPolicy policy) throws CellException, InterruptedException {
    SlotRules before = Optional.ofNullable(known.get(slot)).orElse(SlotRules.NONE);
    SlotRules after = SlotRules.of(slot, policy);
    if (after.equals(before)) {
      return;
    }
    // An nft that is killed may have been heard by the kernel, or not.
    known.put(slot, before.and(after));
    nft(after.replacing(before, table));
    if (after.equals(SlotRules.NONE)) {
      known.remove(slot);
    } else {
      known.put(slot, after);
    }
  }
}
