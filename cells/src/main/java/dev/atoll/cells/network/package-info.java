/**
 * The network of an instance's cells.
 *
 * <p>{@link dev.atoll.cells.network.HostNetwork} claims a private address range that nothing else
 * on the host uses, loads one nftables table that refuses everything but the internet and the name
 * forwarder, and runs that forwarder on the address of a bridge without ports. Each boot gets a
 * {@link dev.atoll.cells.network.Slot}: two addresses of the range and a virtual link of its own,
 * so that cells share no layer 2. The table knows every slot from the start: no rule changes when a
 * cell boots. A cell that may reach less than the others ({@link dev.atoll.cells.NetworkPolicy})
 * has elements in the table's sets until its slot is released.
 */
@NullMarked
package dev.atoll.cells.network;

import org.jspecify.annotations.NullMarked;
