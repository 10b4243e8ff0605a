package dev.atoll.control.sandboxes;

import dev.atoll.control.auth.Caller;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.errors.AtollException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hands out address and token of the command router, by which clients reach a task.
 *
 * <p>The address is the one that the operator names, else the one that the client dialled: this
 * server's door serves both, and a client that asks again is told the same, as official ones
 * demand. Its scheme is https, which official JavaScript and Go clients demand and then, when they
 * have dialled a loopback address, don't use; Python clients get http unless they came by TLS.
 */
public final class RouterAccess {
  private static final Duration LIFE = Duration.ofHours(1);

  /** A host's name, an IPv4 address or an IPv6 one in brackets, and a port (RFC 3986, 3.2). */
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:[0-9A-Za-z._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");

  private final SignedTokens tokens;
  private final Optional<String> publicUrl;

  /**
   * Creates it.
   *
   * @param publicUrl what every client is told, such as {@code https://sandboxes.example.org}
   */
  public RouterAccess(SignedTokens tokens, Optional<String> publicUrl) {
    this.tokens = tokens;
    this.publicUrl = publicUrl;
  }

  /** Address and token. */
  public record Grant(String url, String token) {
    @Override
    public String toString() {
      return "Grant[" + url + "]";
    }
  }

  /** How a call came: the host and port that the client dialled, and whether it wants http. */
  public record Dialled(String authority, boolean plainScheme) {}

  /**
   * Opens one task to the current caller.
   *
   * @throws AtollException INVALID_ARGUMENT when no address can be made of what was dialled
   */
  public Grant grant(String taskId, Dialled dialled) {
    return new Grant(
        publicUrl.orElseGet(() -> url(dialled)),
        tokens.sign(SignedTokens.Audience.ROUTER, taskId, Caller.current().tokenId(), LIFE));
  }

  private static String url(Dialled dialled) {
    if (!AUTHORITY.matcher(dialled.authority()).matches()) {
      throw AtollException.invalid(
          "the call's authority is not a host and a port: name the server as host:port, or have its"
              + " operator set publicUrl");
    }
    return (dialled.plainScheme() ? "http://" : "https://") + dialled.authority();
  }
}
