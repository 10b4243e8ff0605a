package dev.atoll.cells.agent;

/** Numbers of the guest agent's protocol (guest/PROTOCOL.md). */
final class Protocol {
  static final int VERSION = 2;
  static final int HEADER = 16;
  static final int MOST_PAYLOAD = 1 << 20;
  static final int MOST_EXECS = 1024;

  /** How much of an output stream an agent may have sent without acknowledgement. */
  static final int OUTPUT_WINDOW = 1 << 20;

  /** How much of stdin may be sent beyond what the process has taken. */
  static final int INPUT_WINDOW = 256 << 10;

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
  static final int RESIZE = 70;
  static final int MOUNT = 71;
  static final int UNMOUNT = 72;
  static final int SYNC = 73;
  static final int PING = 74;
  static final int DROP = 76;
  static final int LOCATE = 77;

  private Protocol() {}
}
