/**
 * Sandboxes from Java.
 *
 * <p>{@link dev.atoll.sdk.Atoll} is the client of one server. It gives {@link dev.atoll.sdk.Apps},
 * {@link dev.atoll.sdk.Images}, {@link dev.atoll.sdk.Secrets} and {@link dev.atoll.sdk.Sandboxes};
 * the last makes a {@link dev.atoll.sdk.Sandbox} from an app and an image. In it, {@link
 * dev.atoll.sdk.SandboxProcess} is a process, as the JDK has them, and {@link
 * dev.atoll.sdk.Sandbox#fileSystem()} its files as a file system of the JDK; {@link
 * dev.atoll.sdk.SandboxFile} is an open file in the protocol's own way. Options are immutable and
 * made by builders, mostly in a lambda. What goes wrong is an {@link dev.atoll.sdk.AtollException},
 * one of a closed set, with an {@link dev.atoll.sdk.ErrorCode}. Only types of the JDK and of this
 * package are in sight; what is below, in {@code dev.atoll.sdk.transport} and {@code
 * dev.atoll.sdk.files}, is not for users. It speaks to any server of the protocol.
 */
@NullMarked
package dev.atoll.sdk;

import org.jspecify.annotations.NullMarked;
