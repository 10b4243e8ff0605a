package dev.atoll.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A frame of guest/PROTOCOL.md, with the numbers of that page. */
record Frame(int type, int exec, byte[] payload) {
  static final int HELLO = 1;
  static final int CLAIMED = 2;
  static final int STARTED = 3;
  static final int STDOUT = 4;
  static final int STDERR = 5;
  static final int END = 6;
  static final int STDIN_ACK = 7;
  static final int EXIT = 8;
  static final int PONG = 9;
  static final int DONE = 10;
  static final int DEAD = 11;
  static final int LOCATED = 12;
  static final int CLAIM = 64;
  static final int EXEC = 65;
  static final int STDIN = 66;
  static final int ACK = 67;
  static final int EXIT_ACK = 68;
  static final int SIGNAL = 69;
  static final int MOUNT = 71;
  static final int UNMOUNT = 72;
  static final int SYNC = 73;
  static final int PING = 74;
  static final int QUIESCE = 75;
  static final int DROP = 76;
  static final int LOCATE = 77;

  ByteBuffer body() {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The text behind the first bytes. */
  String text(int from) {
    return new String(payload, from, payload.length - from, StandardCharsets.UTF_8);
  }

  static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
