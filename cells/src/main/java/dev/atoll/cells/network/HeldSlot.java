package dev.atoll.cells.network;

import dev.atoll.cells.NetworkPolicy;

/**
 * A slot that a cell has from a host that died.
 *
 * @param number as {@link Slot#number}
 * @param policy what its cell may reach
 */
public record HeldSlot(int number, NetworkPolicy policy) {}
