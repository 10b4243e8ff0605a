package dev.atoll.worker.record;

import dev.atoll.protocol.records.ConnectGrant;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The connect tokens of a task. */
public final class ConnectFile {
  private final Appended file;

  ConnectFile(Appended file) {
    this.file = file;
  }

  /** Adds a token. */
  public void add(ConnectGrant grant) throws IOException {
    file.append(grant);
  }

  /** Every token, in the order in which they were made. */
  public List<ConnectGrant> read() throws IOException {
    List<ConnectGrant> grants = new ArrayList<>();
    try (InputStream in = file.open()) {
      Optional<ConnectGrant> next = Appended.next(in, ConnectGrant.parser());
      while (next.isPresent()) {
        grants.add(next.get());
        next = Appended.next(in, ConnectGrant.parser());
      }
    }
    return grants;
  }
}
