package dev.atoll.cells.agent;

import dev.atoll.cells.ExecListener.Stream;
import dev.atoll.cells.StdinProgress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A frame from the agent, checked for form; whether it makes sense now is for the reader to say.
 */
sealed interface AgentMessage {
  /** The first frame of a connection. */
  record Hello(long features, List<KnownExec> execs) implements AgentMessage {}

  /**
   * One exec that the agent knows when it connects.
   *
   * @param stdin how much of stdin the process has taken
   * @param stdinReceived how much of it the agent has
   */
  record KnownExec(
      int number, boolean exited, long stdout, long stderr, long stdin, long stdinReceived) {}

  /** The answer to CLAIM. */
  record Claimed(int errno, String step) implements AgentMessage {}

  /** The answer to EXEC. */
  record Started(int exec, int errno, String step) implements AgentMessage {}

  /** Bytes of a stream; the buffer is valid until the next frame is read. */
  record Output(int exec, Stream stream, long offset, ByteBuffer bytes) implements AgentMessage {}

  /** A stream's end. */
  record End(int exec, Stream stream, long offset) implements AgentMessage {}

  /** How far the agent has stdin, and how far the process has taken it. */
  record StdinTaken(int exec, StdinProgress progress) implements AgentMessage {}

  /** A process's end. */
  record Exit(int exec, int status, boolean timeout) implements AgentMessage {}

  /** The answer to a PING. */
  record Pong(int request) implements AgentMessage {}

  /** The answer to MOUNT, UNMOUNT or SYNC, or to a LOCATE that failed. */
  record Done(int request, int errno, String step) implements AgentMessage {}

  /** The answer to LOCATE; the texts are raw, see {@link dev.atoll.linux.RawNames}. */
  record Located(int request, String source, String path) implements AgentMessage {}

  /** The end of everything inside. */
  record Dead(int reason) implements AgentMessage {}
}
