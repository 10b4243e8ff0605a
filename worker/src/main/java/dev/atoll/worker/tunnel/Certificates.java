package dev.atoll.worker.tunnel;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What tunnels on this host's own name show to their clients: a key that never leaves this process.
 * Thread-safe.
 */
final class Certificates {
  /** After this time new tunnels get another one; open ones keep theirs, which lasts. */
  private static final Duration RENEWAL = Duration.ofDays(30);

  private final Authority authority;
  private @Nullable Leaf leaf;

  Certificates(Authority authority) {
    this.authority = authority;
  }

  private record Leaf(TlsContexts contexts, long madeAtNanos) {
    private boolean isFresh() {
      return System.nanoTime() - madeAtNanos < RENEWAL.toNanos();
    }
  }

  /** The one that new tunnels get. */
  synchronized TlsContexts current() throws IOException {
    Leaf present = leaf;
    if (present == null || !present.isFresh()) {
      present = issue();
      leaf = present;
    }
    return present.contexts();
  }

  private Leaf issue() throws IOException {
    try {
      KeyPair pair = Issuing.keyPair();
      X509Certificate certificate = Issuing.leaf(authority, pair.getPublic());
      return new Leaf(TlsContexts.of(pair.getPrivate(), List.of(certificate)), System.nanoTime());
    } catch (GeneralSecurityException unsupported) {
      throw new IOException(
          "no certificate for tunnels can be made: " + unsupported.getMessage(), unsupported);
    }
  }
}
