/**
 * HTTP into a sandbox's ports for whoever has a connect token, and for nobody else.
 *
 * <p>A task has one {@link dev.atoll.worker.connect.ConnectAddress}. Each port that a token is made
 * for gets a host name of the domain, or a loopback address, of its own, so that browsers keep its
 * cookies apart from those of every other, opened with its first token. Each connection to it is a
 * {@link dev.atoll.worker.connect.Visitor}; each of its requests passes the {@link
 * dev.atoll.worker.connect.Gate}, which takes the token away and puts on who the user is, and has
 * an {@link dev.atoll.worker.connect.Exchange} with the cell. After a switch of protocols
 * (WebSockets) both pass bytes on. Neither end is read before the other has room.
 */
@NullMarked
package dev.atoll.worker.connect;

import org.jspecify.annotations.NullMarked;
