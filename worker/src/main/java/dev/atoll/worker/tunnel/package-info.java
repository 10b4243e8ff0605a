/**
 * The ways from this host into a sandbox's ports.
 *
 * <p>{@link dev.atoll.worker.tunnel.TunnelHost} opens the ports of a task, which are an {@link
 * dev.atoll.worker.tunnel.OpenTunnels} until the task ends: as listeners of their own, or as names
 * of the one listener of a {@link dev.atoll.worker.tunnel.TunnelDomain}, whose {@link
 * dev.atoll.worker.tunnel.NameRouter} gives each connection to the {@link
 * dev.atoll.worker.tunnel.Route} of the name that its client wants. Each connection is a {@link
 * dev.atoll.worker.tunnel.ClientSide} and, once the cell has been reached, a {@link
 * dev.atoll.worker.tunnel.CellSide}, on one event loop: neither reads before the other has taken
 * what came, and the end of one direction is passed on alone. TLS is ended here, with a certificate
 * of the instance's own {@link dev.atoll.worker.tunnel.Authority} or of the domain; what is inside
 * is passed on as it is.
 */
@NullMarked
package dev.atoll.worker.tunnel;

import org.jspecify.annotations.NullMarked;
