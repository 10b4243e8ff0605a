/**
 * The ways from this host into a sandbox's ports.
 *
 * <p>{@link dev.atoll.worker.tunnel.TunnelHost} opens the listeners of a task, which are an {@link
 * dev.atoll.worker.tunnel.OpenTunnels} until the task ends. Each connection is a {@link
 * dev.atoll.worker.tunnel.ClientSide} and, once the cell has been reached, a {@link
 * dev.atoll.worker.tunnel.CellSide}, on one event loop: neither reads before the other has taken
 * what came, and the end of one direction is passed on alone. TLS is ended here, with a certificate
 * of the instance's own {@link dev.atoll.worker.tunnel.Authority}; what is inside is passed on as
 * it is.
 */
@NullMarked
package dev.atoll.worker.tunnel;

import org.jspecify.annotations.NullMarked;
