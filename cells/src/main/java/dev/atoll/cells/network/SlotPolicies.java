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

  SlotPolicies(String table) {
    this.table = table;
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
    Command.of("nft", "-f", "-").withInput(after.replacing(before, table)).run();
    if (after.equals(SlotRules.NONE)) {
      known.remove(slot);
    } else {
      known.put(slot, after);
    }
  }
}
