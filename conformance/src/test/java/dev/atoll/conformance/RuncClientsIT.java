package dev.atoll.conformance;

/** The official clients against a server of the tier runc. */
class RuncClientsIT extends ClientSuite {
  RuncClientsIT() {
    super("runc");
  }
}
