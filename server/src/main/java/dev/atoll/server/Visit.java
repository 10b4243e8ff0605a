package dev.atoll.server;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.atoll.control.calls.HangUp;
import dev.atoll.errors.AtollException;
import dev.atoll.server.audit.AuditEntry;
import dev.atoll.server.audit.AuditedCalls;
import io.grpc.Context;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One call at the door, from its headers to its end. Thread-safe. */
final class Visit {
  private static final Context.Key<Visit> KEY = Context.key("atoll-visit");

  private final Visits visits;
  private final ServiceRequestContext request;
  private final String method;
  private final boolean written;
  private final Map<String, Object> subjects = new ConcurrentSkipListMap<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile @Nullable String tokenId;

  Visit(Visits visits, ServiceRequestContext request, String method) {
    this.visits = visits;
    this.request = request;
    this.method = method;
    written = AuditedCalls.isWritten(method);
  }

  /** The current context, with this visit. */
  Context context() {
    return HangUp.in(Context.current().withValue(KEY, this), request.whenRequestCancelling());
  }

  /**
   * Notes whose the call on this thread is; from now on it ends when that token is revoked.
   *
   * @throws AtollException RESOURCE_EXHAUSTED when the token has made too many calls
   */
  static void enter(String tokenId) {
    Duration wait =
        Optional.ofNullable(KEY.get()).map(visit -> visit.by(tokenId)).orElse(Duration.ZERO);
    if (!wait.isZero()) {
      Duration rounded = Duration.ofMillis(wait.toMillis() + 1);
      throw AtollException.exhausted(
          "token %s makes more calls than its server takes (callsPerSecond): call again in %d ms"
              .formatted(tokenId, rounded.toMillis()),
          rounded);
    }
  }

  private Duration by(String token) {
    tokenId = token;
    return visits.enter(token, this);
  }

  /** Notes what the call is about. */
  void describe(Object message) {
    if (written) {
      AuditedCalls.describe(message, subjects);
    }
  }

  /** The call has ended; only the first end counts. */
  void end(Status status) {
    if (over.compareAndSet(false, true)) {
      Optional<String> token = Optional.ofNullable(tokenId);
      token.ifPresent(id -> visits.leave(id, this));
      if (written) {
        visits.write(
            new AuditEntry(
                Instant.now(),
                token.orElse(""),
                request.remoteAddress().getAddress().getHostAddress(),
                method,
                status.getCode().name(),
                subjects));
      }
    }
  }

  /** Ends the call: for its handlers as if the client had hung up. */
  void cut() {
    request.cancel(
        Status.UNAUTHENTICATED
            .withDescription("the token of this call was revoked")
            .asRuntimeException());
  }
}
