/**
 * What runs inside, written in C: the guest agent, PID 1 of every cell (see {@code
 * guest/PROTOCOL.md}), and the filesystem tool that every sandbox has. This package only carries
 * the static binaries for this machine's architecture; {@link dev.atoll.guest.GuestPrograms} gets
 * them out.
 */
@NullMarked
package dev.atoll.guest;

import org.jspecify.annotations.NullMarked;
