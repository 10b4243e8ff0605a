package dev.atoll.control.calls;

import io.grpc.Context;
import java.util.concurrent.CompletableFuture;

/**
 * Whether the client of the current call has hung up. gRPC's own callback for that doesn't run
 * while the call's handler does.
 */
public final class HangUp {
  private static final Context.Key<CompletableFuture<?>> KEY = Context.key("atoll-hang-up");

  private HangUp() {}

  /** A context for a call whose client has hung up when that completes, in whatever way. */
  public static Context in(Context context, CompletableFuture<?> hungUp) {
    return context.withValue(KEY, hungUp);
  }

  /** Completes when the client of the current call has hung up; never outside of calls. */
  public static CompletableFuture<?> current() {
    CompletableFuture<?> known = KEY.get();
    return known == null ? new CompletableFuture<>() : known;
  }
}
