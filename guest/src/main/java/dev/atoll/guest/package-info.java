/**
 * The guest agent: PID 1 of every cell, written in C (see {@code guest/PROTOCOL.md}). This package
 * only carries the static binary for this machine's architecture; {@link
 * dev.atoll.guest.GuestAgent} gets it out.
 */
@NullMarked
package dev.atoll.guest;

import org.jspecify.annotations.NullMarked;
