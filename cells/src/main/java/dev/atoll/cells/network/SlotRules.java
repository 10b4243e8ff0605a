package dev.atoll.cells.network;

import dev.atoll.cells.NetworkPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the sets of the table say of one slot.
 *
 * @param restricted its address, unless it may reach everything
 * @param nameless its address, when it may not ask the name forwarder
 * @param reachable its address and a range that it may reach, in pairs that don't overlap
 */
record SlotRules(Set<String> restricted, Set<String> nameless, Set<String> reachable) {
  static final SlotRules NONE = new SlotRules(Set.of(), Set.of(), Set.of());

  static SlotRules of(Slot slot, NetworkPolicy policy) {
    Set<String> address = Set.of(slot.address());
    return switch (policy) {
      case NetworkPolicy.Open _ -> NONE;
      case NetworkPolicy.Blocked _ -> new SlotRules(address, address, Set.of());
      case NetworkPolicy.Allowlist list -> {
        Set<String> pairs = new LinkedHashSet<>();
        for (AddressRange range : withoutContained(list.ranges())) {
          pairs.add(slot.address() + " . " + range);
        }
        yield new SlotRules(address, pairs.isEmpty() ? address : Set.of(), pairs);
      }
    };
  }

  /** Both, for when it is not known which of them the kernel has. */
  SlotRules and(SlotRules other) {
    return new SlotRules(
        union(restricted, other.restricted),
        union(nameless, other.nameless),
        union(reachable, other.reachable));
  }

  /** One batch for {@code nft -f -} that puts these rules in the place of others, at once. */
  String replacing(SlotRules others, String table) {
    return change(table, "restricted", others.restricted, restricted)
        + change(table, "nameless", others.nameless, nameless)
        + change(table, "reachable", others.reachable, reachable);
  }

  /** Only what is there can be deleted, but what is there can be added: this fits either case. */
  private static String change(String table, String set, Set<String> before, Set<String> after) {
    Set<String> removed = new LinkedHashSet<>(before);
    removed.removeAll(after);
    return command("add", table, set, removed)
        + command("delete", table, set, removed)
        + command("add", table, set, after);
  }

  private static String command(String verb, String table, String set, Set<String> elements) {
    return elements.isEmpty()
        ? ""
        : "%s element inet %s %s { %s }\n".formatted(verb, table, set, String.join(", ", elements));
  }

  /** Two ranges are either apart or one in the other; the set takes no range within another. */
  private static List<AddressRange> withoutContained(List<String> texts) {
    List<AddressRange> kept = new ArrayList<>();
    texts.stream()
        .map(AddressRange::parse)
        .sorted(
            Comparator.comparingLong(AddressRange::first).thenComparingInt(AddressRange::prefix))
        .forEach(
            range -> {
              if (kept.isEmpty() || !kept.getLast().overlaps(range)) {
                kept.add(range);
              }
            });
    return kept;
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> both = new LinkedHashSet<>(one);
    both.addAll(other);
    return both;
  }
}
