package dev.atoll.cells.network;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** Hands out slots; the one that was given back longest ago comes first. Thread-safe. */
final class NetworkSlots {
  private final List<Slot> all;
  private final ArrayDeque<Slot> free;

  NetworkSlots(List<Slot> slots) {
    this.all = List.copyOf(slots);
    this.free = new ArrayDeque<>(slots);
  }

  /** Takes a slot out that is in use already. */
  synchronized void hold(Slot slot) {
    free.remove(slot);
  }

  Slot held(int number) {
    return all.get(number - 1);
  }

  synchronized Optional<Slot> take() {
    return Optional.ofNullable(free.poll());
  }

  synchronized void giveBack(Slot slot) {
    free.add(slot);
  }
}
