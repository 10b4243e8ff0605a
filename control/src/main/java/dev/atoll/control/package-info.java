/**
 * The control plane: what users ask for. {@link dev.atoll.control.ControlStore} is what it keeps;
 * {@link dev.atoll.control.ControlPlane} makes the parts and offers the gRPC services of package
 * {@code rpc}. It reaches the worker, which owns the truth about what runs, through a channel only;
 * the path of an exec does not pass here.
 *
 * <p>From the top down: {@code rpc}, then {@code sandboxes}, {@code images}, {@code secrets} and
 * {@code apps}, then {@code auth}, {@code worker}, {@code calls} and {@code store}.
 */
@NullMarked
package dev.atoll.control;

import org.jspecify.annotations.NullMarked;
