package dev.atoll.conformance;

/** The Java SDK against a server of the tier gVisor. */
class GvisorJavaClientIT extends JavaClientSuite {
  GvisorJavaClientIT() {
    super("gvisor");
  }
}
