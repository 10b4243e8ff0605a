package dev.atoll.images.registry;

import dev.atoll.images.Credentials;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.oci.BlobSource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks registries. No configuration file of the host is read. Thread-safe. */
public final class RegistryClient implements AutoCloseable {
  private static final String DOCKER_HUB = "docker.io";
  private static final String DOCKER_HUB_HOST = "registry-1.docker.io";

  private final Set<String> plainHttp;
  private final HttpClient http;
  private final StallGuard stallGuard;

  /**
   * Makes a client.
   *
   * @param plainHttp {@code host[:port]} of registries that are asked without TLS; loopback
   *     addresses always are
   * @param certificates PEM files with CA certificates to trust beside the JDK's
   */
  public RegistryClient(Set<String> plainHttp, List<Path> certificates) throws IOException {
    this(plainHttp, certificates, Duration.ofSeconds(60));
  }

  /** As the other one, for another time that a transfer may stand still. */
  RegistryClient(Set<String> plainHttp, List<Path> certificates, Duration stall)
      throws IOException {
    this.plainHttp = plainHttp;
    this.stallGuard = new StallGuard(stall);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .version(HttpClient.Version.HTTP_1_1)
            // Redirects are followed by hand: the JDK would send credentials along.
            .followRedirects(HttpClient.Redirect.NEVER);
    if (!certificates.isEmpty()) {
      builder.sslContext(ExtraTrust.context(certificates));
    }
    this.http = builder.build();
  }

  /** The repository of a reference; nothing is asked yet. */
  public BlobSource repository(RegistryReference reference, Optional<Credentials> credentials) {
    String host = reference.registry().equals(DOCKER_HUB) ? DOCKER_HUB_HOST : reference.registry();
    boolean plain = plainHttp.contains(reference.registry()) || Loopback.is(host);
    HttpExchange exchange =
        new HttpExchange(
            http,
            stallGuard,
            new Authentication(http, stallGuard, credentials, reference.repository(), plain),
            reference.registry());
    return new Repository((plain ? "http://" : "https://") + host, reference, exchange);
  }

  @Override
  public void close() {
    http.shutdownNow();
    stallGuard.close();
  }
}
