package dev.atoll.control.sandboxes;

import dev.atoll.control.auth.SignedTokens;
import java.time.Duration;

/**
 * Hands out address and token of the command router, by which clients reach a task.
 *
 * <p>The address is the one that the client dialled: this server's door serves both. Its scheme is
 * https, which official JavaScript and Go clients demand and then, for a loopback address, don't
 * use; Python clients get http.
 */
public final class RouterAccess {
  private static final Duration LIFE = Duration.ofHours(1);

  private final SignedTokens tokens;

  /** Creates it. */
  public RouterAccess(SignedTokens tokens) {
    this.tokens = tokens;
  }

  /** Address and token. */
  public record Grant(String url, String token) {
    @Override
    public String toString() {
      return "Grant[" + url + "]";
    }
  }

  /** Who asks: the host and port that it dialled, and whether it wants http. */
  public record Caller(String authority, boolean plainScheme) {}

  /** Opens one task to a caller. */
  public Grant grant(String taskId, Caller caller) {
    return new Grant(
        (caller.plainScheme() ? "http://" : "https://") + caller.authority(),
        tokens.sign(SignedTokens.Audience.ROUTER, taskId, LIFE));
  }
}
