package dev.atoll.conformance;

/** The official clients against a server of the tier runc. */
class RuncClientsIT extends ClientSuite {
  RuncClientsIT() {
    super("runc", "0.7.2");
  }
}
