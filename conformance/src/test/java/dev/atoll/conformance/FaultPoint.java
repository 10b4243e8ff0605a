package dev.atoll.conformance;

/**
 * A transition of the server's: the moment at which a thread comes to a method, or has left it.
 *
 * @param type the class that has the method's code
 * @param method its name; overloads count alike
 */
record FaultPoint(String type, String method, Moment moment) {
  /** When a call is held. */
  enum Moment {
    /** Before its first instruction. */
    BEFORE,

    /** When it has come back to its caller. */
    AFTER
  }

  /** Before a method of a class of the server's. */
  static FaultPoint before(String type, String method) {
    return new FaultPoint("dev.atoll." + type, method, Moment.BEFORE);
  }

  /** After it. */
  static FaultPoint after(String type, String method) {
    return new FaultPoint("dev.atoll." + type, method, Moment.AFTER);
  }
}
