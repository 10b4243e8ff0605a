package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.images.Credentials;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryMirror;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.RegistrySettings;
import dev.atoll.images.oci.BlobSource;
import dev.atoll.images.oci.PackedImage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks registries. No configuration file of the host is read but the one that the settings name.
 * Thread-safe.
 */
public final class RegistryClient implements AutoCloseable {
  private static final String DOCKER_HUB = "docker.io";
  private static final String DOCKER_HUB_HOST = "registry-1.docker.io";

  private static final String PULL = "pull";
  private static final String PUSH = "pull,push";

  private final RegistrySettings settings;
  private final HttpClient http;
  private final Map<RegistryMirror, HttpClient> ofMirrors = new HashMap<>();
  private final StallGuard stallGuard;

  /**
   * Makes a client.
   *
   * @param certificates PEM files with CA certificates to trust beside the JDK's
   */
  public RegistryClient(RegistrySettings settings, List<Path> certificates) throws IOException {
    this.settings = settings;
    this.stallGuard = new StallGuard(settings.stall());
    this.http = http(certificates);
    for (List<RegistryMirror> mirrors : settings.mirrors().values()) {
      for (RegistryMirror mirror : mirrors) {
        if (mirror.certificates().isPresent()) {
          List<Path> all = new ArrayList<>(certificates);
          all.add(mirror.certificates().get());
          ofMirrors.put(mirror, http(all));
        }
      }
    }
  }

  private static HttpClient http(List<Path> certificates) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .version(HttpClient.Version.HTTP_1_1)
            // Redirects are followed by hand: the JDK would send credentials along.
            .followRedirects(HttpClient.Redirect.NEVER);
    if (!certificates.isEmpty()) {
      builder.sslContext(ExtraTrust.context(certificates));
    }
    return builder.build();
  }

  /**
   * The repository of a reference, with the registry's mirrors before it; nothing is asked yet.
   *
   * @param own the request's credentials, if it brings some
   */
  public BlobSource repository(
      RegistryReference reference, Optional<Credentials> own, Progress progress) {
    List<Repository> mirrors = new ArrayList<>();
    for (RegistryMirror mirror : settings.mirrors().getOrDefault(reference.registry(), List.of())) {
      // What others open with credentials must not be given by one who doesn't ask for any.
      if (own.isEmpty() || mirror.seesCredentials()) {
        mirrors.add(mirror(mirror, reference, own));
      }
    }
    Repository origin = origin(reference, own);
    return mirrors.isEmpty() ? origin : new MirroredRepository(mirrors, origin, progress);
  }

  /**
   * Gives an image to a registry, under a reference's tag. Blocks; interruptible. Layers that the
   * registry has are not sent.
   *
   * @param own the request's credentials; without them nothing is sent for anybody
   * @throws dev.atoll.errors.AtollException PERMISSION_DENIED when the registry refuses,
   *     FAILED_PRECONDITION when it can't be reached or can't take it
   */
  public void push(
      PackedImage image, RegistryReference reference, Optional<Credentials> own, Progress progress)
      throws IOException, InterruptedException {
    String tag =
        reference
            .tag()
            .filter(_ -> reference.digest().isEmpty())
            .orElseThrow(
                () ->
                    AtollException.invalid(
                        "'%s' names a digest: an image is pushed under a tag", reference.text()));
    HttpExchange exchange = exchange(reference, () -> own, PUSH, 1);
    new Upload(base(reference), reference.registry(), exchange, progress).run(image, tag);
  }

  private Repository origin(RegistryReference reference, Optional<Credentials> own) {
    CredentialSource source = credentials(own, reference.registry(), reference.repository());
    return new Repository(
        base(reference),
        reference.registry(),
        reference,
        exchange(reference, source, PULL, HttpExchange.ATTEMPTS));
  }

  private HttpExchange exchange(
      RegistryReference reference, CredentialSource source, String actions, int attempts) {
    Authentication authentication =
        new Authentication(
            http,
            stallGuard,
            source,
            new Authentication.Scope(reference.repository(), actions),
            isPlain(reference));
    return new HttpExchange(
        http, stallGuard, authentication, reference.registry(), host(reference), attempts);
  }

  private Repository mirror(
      RegistryMirror mirror, RegistryReference reference, Optional<Credentials> own) {
    HttpClient client = ofMirrors.getOrDefault(mirror, http);
    String repository = mirror.repository(reference.repository());
    boolean plain = "http".equals(mirror.address().getScheme());
    Authentication authentication =
        new Authentication(
            client,
            stallGuard,
            credentials(own, mirror.host(), repository),
            new Authentication.Scope(repository, PULL),
            plain);
    return new Repository(
        mirror.address().getScheme() + "://" + mirror.host() + "/v2/" + repository,
        mirror.host(),
        reference,
        // There is somebody else to ask.
        new HttpExchange(client, stallGuard, authentication, mirror.host(), mirror.host(), 1));
  }

  private CredentialSource credentials(
      Optional<Credentials> own, String registry, String repository) {
    if (own.isPresent() || settings.logins().isEmpty()) {
      return () -> own;
    }
    DockerLogins logins = new DockerLogins(settings.logins().get());
    return () -> logins.find(registry, repository);
  }

  private boolean isPlain(RegistryReference reference) {
    return settings.plainHttp().contains(reference.registry()) || Loopback.is(host(reference));
  }

  private String base(RegistryReference reference) {
    return (isPlain(reference) ? "http://" : "https://")
        + host(reference)
        + "/v2/"
        + reference.repository();
  }

  private static String host(RegistryReference reference) {
    return reference.registry().equals(DOCKER_HUB) ? DOCKER_HUB_HOST : reference.registry();
  }

  @Override
  public void close() {
    http.shutdownNow();
    ofMirrors.values().forEach(HttpClient::shutdownNow);
    stallGuard.close();
  }
}
