package dev.atoll.sdk;

import dev.atoll.sdk.transport.Channels;
import dev.atoll.sdk.transport.ControlPlane;
import dev.atoll.sdk.transport.Credentials;
import dev.atoll.sdk.transport.Endpoint;
import dev.atoll.sdk.transport.RetryPolicy;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client of one server. Safe for use by many threads; all of them share one connection. Calls
 * block the calling thread, so use virtual threads to make many at once; an interrupt ends a call
 * with {@link CallInterruptedException}. Calls that fail on the way are repeated where that is
 * safe.
 *
 * <p>Closing the client ends its connections and leaves the sandboxes alone.
 */
public final class Atoll implements AutoCloseable {
  private static final String LIBRARY = "atoll-java/0.1.0";

  private final Channels channels;
  private final Apps apps;
  private final Images images;
  private final Secrets secrets;
  private final Proxies proxies;
  private final Sandboxes sandboxes;

  private Atoll(
      Endpoint endpoint,
      Credentials credentials,
      Optional<SSLContext> sslContext,
      String environment) {
    channels = new Channels(sslContext, LIBRARY);
    ControlPlane controlPlane =
        new ControlPlane(
            endpoint,
            channels,
            credentials,
            LIBRARY,
            environment,
            RetryPolicy.CONTROL_PLANE,
            Clock.systemUTC(),
            Failures::of);
    apps = new Apps(controlPlane);
    images = new Images(controlPlane);
    secrets = new Secrets(controlPlane);
    proxies = new Proxies(controlPlane);
    sandboxes = new Sandboxes(controlPlane);
  }

  /**
   * A client of the server that the environment names: {@code MODAL_SERVER_URL} such as {@code
   * http://127.0.0.1:7070}, {@code MODAL_TOKEN_ID} and {@code MODAL_TOKEN_SECRET}; {@code atoll
   * env} prints all three. {@code MODAL_ENVIRONMENT} may name the environment to work in. Connects
   * at the first call.
   *
   * @throws InvalidArgumentException if the URL is missing or malformed
   * @throws AccessException if a token is missing
   */
  public static Atoll connect() {
    return builder().environment(System.getenv()).build();
  }

  /**
   * A client with the settings that the given function makes.
   *
   * @throws InvalidArgumentException if the URL is missing or malformed
   * @throws AccessException if a token is missing
   */
  public static Atoll connect(Consumer<Builder> settings) {
    Builder builder = builder();
    settings.accept(builder);
    return builder.build();
  }

  /** A builder without any setting. */
  public static Builder builder() {
    return new Builder();
  }

  /** Apps: what sandboxes are grouped by. */
  public Apps apps() {
    return apps;
  }

  /** Images: what sandboxes start from. */
  public Images images() {
    return images;
  }

  /** Secrets: environment variables that are not shown. */
  public Secrets secrets() {
    return secrets;
  }

  /** Proxies: addresses that sandboxes' connections leave from. */
  public Proxies proxies() {
    return proxies;
  }

  /** Sandboxes. */
  public Sandboxes sandboxes() {
    return sandboxes;
  }

  /**
   * Ends the connections; calls under way and later ones fail with {@link ClientClosedException}.
   */
  @Override
  public void close() {
    channels.close();
  }

  /** Settings of a client. */
  public static final class Builder {
    private @Nullable String serverUrl;
    private @Nullable String tokenId;
    private @Nullable String tokenSecret;
    private Optional<SSLContext> sslContext = Optional.empty();
    private String environmentName = "";

    private Builder() {}

    /** Required: {@code http://host[:port]} (plaintext HTTP/2) or {@code https://host[:port]}. */
    public Builder serverUrl(String url) {
      this.serverUrl = url;
      return this;
    }

    /** Required: the token pair. */
    public Builder token(String id, String secret) {
      this.tokenId = id;
      this.tokenSecret = secret;
      return this;
    }

    /**
     * The environment whose apps, secrets and sandboxes are meant where a call names none; empty,
     * the default: the server's default one.
     */
    public Builder environmentName(String name) {
      this.environmentName = name;
      return this;
    }

    /** What to trust and to show in TLS; the default is the Java runtime's. */
    public Builder sslContext(SSLContext context) {
      this.sslContext = Optional.of(context);
      return this;
    }

    /** Takes those of the settings that {@link Atoll#connect()} reads which the map has. */
    public Builder environment(Map<String, String> environment) {
      serverUrl = environment.getOrDefault("MODAL_SERVER_URL", serverUrl);
      tokenId = environment.getOrDefault("MODAL_TOKEN_ID", tokenId);
      tokenSecret = environment.getOrDefault("MODAL_TOKEN_SECRET", tokenSecret);
      environmentName = environment.getOrDefault("MODAL_ENVIRONMENT", environmentName);
      return this;
    }

    /**
     * The client.
     *
     * @throws InvalidArgumentException if the URL is missing or malformed
     * @throws AccessException if a token is missing
     */
    public Atoll build() {
      if (serverUrl == null || serverUrl.isEmpty()) {
        throw new InvalidArgumentException(
            "No server URL: set MODAL_SERVER_URL, or give serverUrl to the builder");
      }
      if (tokenId == null || tokenId.isEmpty() || tokenSecret == null || tokenSecret.isEmpty()) {
        throw new AccessException(
            "No token: set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET, or give token to the builder");
      }
      try {
        return new Atoll(
            Endpoint.parse(serverUrl),
            new Credentials(tokenId, tokenSecret),
            sslContext,
            environmentName);
      } catch (IllegalArgumentException e) {
        throw new InvalidArgumentException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}
