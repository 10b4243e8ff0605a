package dev.atoll.cells.network;

import dev.atoll.cells.NetworkPolicy;
import java.util.Optional;

/**
 * A slot that a cell has from a host that died.
 *
 * @param number as {@link Slot#number}
 * @param policy what its cell may reach
 * @param departure the host's address that its connections leave from; absent: the usual one
 */
public record HeldSlot(int number, NetworkPolicy policy, Optional<String> departure) {}
