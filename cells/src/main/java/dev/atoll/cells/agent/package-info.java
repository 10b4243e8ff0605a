/**
 * The worker's side of the guest agent's protocol (guest/PROTOCOL.md).
 *
 * <p>An {@link dev.atoll.cells.agent.AgentLink} accepts the agent's calls on its socket and reads
 * frames on one thread: bytes become checked {@code AgentMessage}s in {@code FrameReader} and
 * {@code MessageParser}, and reach the {@code AgentExec} they concern. What goes the other way is
 * built by {@code Frames} and sent by a {@code FrameWriter} for each connection. When a connection
 * breaks, {@code Resumption} compares what both sides know. Every byte from the agent is hostile: a
 * broken rule is a {@link dev.atoll.cells.agent.ProtocolException}, and the end of the cell.
 */
@NullMarked
package dev.atoll.cells.agent;

import org.jspecify.annotations.NullMarked;
