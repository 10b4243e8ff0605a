/**
 * How the SDK reaches a server: not for users, and free to change.
 *
 * <p>{@link dev.atoll.sdk.transport.Channels} keeps one HTTP/2 connection per address, a {@link
 * dev.atoll.sdk.transport.PromptChannel}. {@link dev.atoll.sdk.transport.ControlPlane} adds the
 * caller's identity and repeats what failed on the way; it makes a {@link
 * dev.atoll.sdk.transport.Router} for each task, which knows the task's address and token. A {@link
 * dev.atoll.sdk.transport.ResumingStream} reads a server's stream across broken connections. The
 * exceptions that users see are made by a {@link dev.atoll.sdk.transport.Failure} given by the
 * package above.
 */
@NullMarked
package dev.atoll.sdk.transport;

import org.jspecify.annotations.NullMarked;
