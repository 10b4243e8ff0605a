package dev.atoll.control.auth;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.grpc.Context;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who makes the current call, and what of this server it may see. What belongs to an environment
 * that it may not see doesn't exist for it: NOT_FOUND, in the same words as for what isn't there.
 *
 * @param tokenId the token that the call came with; empty for work of the server's own
 * @param environmentId the one environment that it sees and touches; empty: all of them
 */
public record Caller(String tokenId, Optional<String> environmentId) {
  private static final Caller SERVER = new Caller("", Optional.empty());
  private static final Context.Key<Caller> KEY = Context.keyWithDefault("atoll-caller", SERVER);

  /** Who makes the call that this thread works for; the server itself where there is none. */
  public static Caller current() {
    return KEY.get();
  }

  /** The current context, with this caller. */
  public Context context() {
    return Context.current().withValue(KEY, this);
  }

  /** Does work as this caller's. */
  public <T> T run(Supplier<T> work) {
    Context context = context();
    Context before = context.attach();
    try {
      return work.get();
    } finally {
      context.detach(before);
    }
  }

  /** Whether it sees what belongs to an environment. */
  public boolean sees(String environment) {
    return environmentId.isEmpty() || environmentId.get().equals(environment);
  }

  /**
   * Refuses what is not of one environment to whoever sees one only.
   *
   * @param what what is wanted, to begin the sentence with
   * @throws AtollException PERMISSION_DENIED
   */
  public void requireAllEnvironments(String what) {
    if (environmentId.isPresent()) {
      throw new AtollException(
          ErrorCode.PERMISSION_DENIED,
          what
              + " needs a token for all environments: that of the server's data folder, or one of"
              + " 'atoll token create --all-environments'");
    }
  }
}
