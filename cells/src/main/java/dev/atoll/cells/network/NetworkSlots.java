package dev.atoll.cells.network;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** Hands out slots; the one that was given back longest ago comes first. Thread-safe. */
final class NetworkSlots {
  private final ArrayDeque<Slot> free;

  NetworkSlots(List<Slot> slots) {
    this.free = new ArrayDeque<>(slots);
  }

  synchronized Optional<Slot> take() {
    return Optional.ofNullable(free.poll());
  }

  synchronized void giveBack(Slot slot) {
    free.add(slot);
  }
}
