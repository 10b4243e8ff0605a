package dev.atoll.server;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.atoll.server.audit.AuditEntry;
import dev.atoll.server.audit.AuditLog;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Watches every call at the door: writes those that change something to the audit log, holds tokens
 * to their rate, and ends the calls of a token that is revoked. Thread-safe.
 */
final class Visits implements ServerInterceptor {
  private final AuditLog log;
  private final TokenRates rates;
  private final Map<String, Set<Visit>> open = new ConcurrentHashMap<>();

  Visits(AuditLog log, TokenRates rates) {
    this.log = log;
    this.rates = rates;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Visit visit =
        new Visit(
            this,
            ServiceRequestContext.current(),
            String.valueOf(call.getMethodDescriptor().getBareMethodName()));
    ServerCall<Q, A> watched =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void sendMessage(A message) {
            visit.describe(message);
            super.sendMessage(message);
          }

          @Override
          public void close(Status status, Metadata trailers) {
            visit.end(status);
            super.close(status, trailers);
          }
        };
    return new SimpleForwardingServerCallListener<>(
        Contexts.interceptCall(visit.context(), watched, headers, next)) {
      @Override
      public void onMessage(Q message) {
        visit.describe(message);
        super.onMessage(message);
      }

      @Override
      public void onCancel() {
        visit.end(Status.CANCELLED);
        super.onCancel();
      }
    };
  }

  /** A token's call has come; see {@link Visit#enter}. */
  Duration enter(String tokenId, Visit visit) {
    Duration wait = rates.take(tokenId);
    if (wait.isZero()) {
      open.computeIfAbsent(tokenId, id -> ConcurrentHashMap.newKeySet()).add(visit);
    }
    return wait;
  }

  void leave(String tokenId, Visit visit) {
    open.getOrDefault(tokenId, Set.of()).remove(visit);
  }

  void write(AuditEntry entry) {
    log.add(entry);
  }

  /** Ends the calls of a token that is no more. */
  void revoked(String tokenId) {
    rates.forget(tokenId);
    Set<Visit> visits = open.remove(tokenId);
    if (visits != null) {
      visits.forEach(Visit::cut);
    }
  }
}
