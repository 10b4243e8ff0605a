package dev.atoll.conformance;

/** The Java SDK against a server of the tier runc. */
class RuncJavaClientIT extends JavaClientSuite {
  RuncJavaClientIT() {
    super("runc");
  }
}
