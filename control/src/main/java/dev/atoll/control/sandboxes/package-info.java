/**
 * Sandboxes, from their definition to their end.
 *
 * <p>{@link dev.atoll.control.sandboxes.Definitions} checks what a client asks for and refuses what
 * is not served; {@link dev.atoll.control.sandboxes.Sandboxes} creates, lists, waits for and ends
 * them; {@link dev.atoll.control.sandboxes.Lifecycle} starts their tasks in the background and
 * hears of their ends; {@link dev.atoll.control.sandboxes.Recovery} takes back what a server before
 * has left running. A sandbox that has not ended is a {@link
 * dev.atoll.control.sandboxes.LiveSandbox} in memory, where waiters wait; the store has all of
 * them.
 */
@NullMarked
package dev.atoll.control.sandboxes;

import org.jspecify.annotations.NullMarked;
