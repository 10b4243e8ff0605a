package dev.atoll.conformance;

/** The official clients against a server of the tier gVisor. */
class GvisorClientsIT extends ClientSuite {
  GvisorClientsIT() {
    super("gvisor");
  }
}
