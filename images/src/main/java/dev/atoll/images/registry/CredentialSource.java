package dev.atoll.images.registry;

import dev.atoll.images.Credentials;
import java.io.IOException;
import java.util.Optional;

/** Finds the credentials for a registry when it asks for some. */
@FunctionalInterface
interface CredentialSource {
  /** The credentials; empty when there are none. May run a program and wait for it. */
  Optional<Credentials> find() throws IOException, InterruptedException;
}
