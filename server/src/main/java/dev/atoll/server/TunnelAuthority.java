package dev.atoll.server;

import dev.atoll.worker.tunnel.Authority;
import java.io.IOException;
import java.nio.file.Path;

/** The certificate authority behind the encrypted tunnels of a data folder's server. */
public final class TunnelAuthority {
  private TunnelAuthority() {}

  /**
   * The authority's certificate as PEM, for clients to trust; the authority is made when there is
   * none yet. Whether the server runs doesn't matter.
   *
   * @throws java.nio.file.NoSuchFileException when no server has had this data folder yet
   * @throws java.nio.file.AccessDeniedException when it is another user's
   * @throws IOException when the folder can't be used
   */
  public static String certificate(Path dataDirectory) throws IOException {
    Path worker = dataDirectory.resolve(DataDirectory.WORKER).toRealPath();
    return Authority.open(worker.resolve(Authority.FILE)).certificatePem();
  }
}
