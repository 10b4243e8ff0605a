package dev.atoll.worker.router;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.errors.StatusMapping;
import dev.atoll.worker.TaskAccess;
import dev.atoll.worker.TaskTokens;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;

/**
 * Lets a call pass when it carries {@code authorization: Bearer <token>} with a valid token (RFC
 * 6750, section 2.1), and remembers what the token opens.
 */
final class TokenGate implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<TaskAccess> ACCESS =
      Context.keyWithDefault("atoll-task", new TaskAccess("", Optional.empty()));
  private static final String SCHEME = "Bearer ";

  private final TaskTokens tokens;

  TokenGate(TaskTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    try {
      Context allowed = Context.current().withValue(ACCESS, tokens.verify(bearer(headers)));
      return Contexts.interceptCall(allowed, call, headers, next);
    } catch (RuntimeException refused) {
      call.close(StatusMapping.toStatus(refused), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  /** What the token of the call on this thread opens. Call it on the thread of the handler. */
  static Permission permission() {
    return new Permission(ACCESS.get());
  }

  /** What a call may name. */
  record Permission(TaskAccess access) {
    /** Refuses another task with PERMISSION_DENIED. */
    void check(String asked) {
      if (!asked.equals(access.taskId())) {
        throw new AtollException(
            ErrorCode.PERMISSION_DENIED,
            "task_id '%s': the token was made for another task".formatted(asked));
      }
    }
  }

  private static String bearer(Metadata headers) {
    Optional<String> value = Optional.ofNullable(headers.get(AUTHORIZATION));
    if (value.isEmpty() || !value.get().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw new AtollException(
          ErrorCode.UNAUTHENTICATED,
          "the call has no token: send the header 'authorization: Bearer <token>'");
    }
    return value.get().substring(SCHEME.length()).trim();
  }
}
