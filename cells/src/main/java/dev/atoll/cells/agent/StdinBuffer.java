package dev.atoll.cells.agent;

import dev.atoll.cells.StdinProgress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What was accepted for a process's stdin and may still be needed: bytes stay until the agent has
 * said that it has them, so that they can be sent again over a new connection. Not thread-safe.
 */
final class StdinBuffer {
  private static final int MOST_PIECE = 64 << 10;

  private record Piece(long offset, byte[] bytes) {
    long end() {
      return offset + bytes.length;
    }
  }

  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  private long accepted;
  private long received;
  private long taken;
  private boolean ended;
  private boolean endReceived;
  private boolean closed;

  /**
   * Accepts bytes as far as the window allows, and gives the frames that carry them.
   *
   * @param frames gets the frames to send
   * @return how many of the given bytes count as accepted, those that were accepted before included
   */
  int accept(int exec, long offset, ByteBuffer bytes, boolean end, List<ByteBuffer> frames) {
    if (offset < 0 || offset > accepted) {
      throw new IllegalArgumentException(
          "stdin was accepted up to " + accepted + "; bytes at " + offset + " leave a gap");
    }
    int length = bytes.remaining();
    if (closed || ended) {
      return length;
    }
    int known = (int) Math.min(length, accepted - offset);
    ByteBuffer fresh = bytes.slice(bytes.position() + known, length - known);
    long room = taken + Protocol.INPUT_WINDOW - accepted;
    int count = (int) Math.min(room, fresh.remaining());
    boolean all = count == fresh.remaining();
    fresh.limit(count);
    while (fresh.hasRemaining()) {
      byte[] piece = new byte[Math.min(MOST_PIECE, fresh.remaining())];
      fresh.get(piece);
      boolean last = end && all && !fresh.hasRemaining();
      pieces.add(new Piece(accepted, piece));
      frames.add(Frames.stdin(exec, accepted, piece, last));
      accepted += piece.length;
      ended |= last;
    }
    if (end && all && !ended) {
      ended = true;
      frames.add(Frames.stdin(exec, accepted, new byte[0], true));
    }
    return known + count;
  }

  /** Goes on where a worker that died has stopped: its agent has all that was told of. */
  void resume(long receivedBefore, long takenBefore) {
    accepted = receivedBefore;
    received = receivedBefore;
    taken = takenBefore;
  }

  /**
   * Notes how far the agent and the process are; false when the agent claims more than it was
   * given.
   */
  boolean advance(StdinProgress now) {
    if (now.received() > accepted || now.taken() > now.received()) {
      return false;
    }
    received = Math.max(received, now.received());
    taken = Math.max(taken, now.taken());
    endReceived |= now.endReceived();
    ended |= now.endReceived();
    closed |= now.closed();
    while (!pieces.isEmpty() && (closed || pieces.getFirst().end() <= received)) {
      pieces.removeFirst();
    }
    return true;
  }

  /** The frames that repeat everything the agent has not received. */
  List<ByteBuffer> repeat(int exec) {
    List<ByteBuffer> frames = new ArrayList<>();
    if (closed || endReceived) {
      return frames;
    }
    for (Piece piece : pieces) {
      frames.add(
          Frames.stdin(exec, piece.offset(), piece.bytes(), ended && piece.end() == accepted));
    }
    if (frames.isEmpty() && ended) {
      frames.add(Frames.stdin(exec, accepted, new byte[0], true));
    }
    return frames;
  }

  StdinProgress progress() {
    return new StdinProgress(received, taken, endReceived, closed);
  }
}
