package dev.atoll.server;

import java.util.Optional;

/** The version of this server. */
final class Version {
  private Version() {}

  /** What the jar's manifest says; {@code development} for classes that are in no jar. */
  static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
