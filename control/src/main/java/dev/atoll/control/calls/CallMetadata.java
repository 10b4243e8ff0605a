package dev.atoll.control.calls;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;

/** What the metadata of the current call says. Filled by {@link #interceptor()}. */
public final class CallMetadata {
  private static final Metadata.Key<String> KEY_HEADER = header("x-idempotency-key");
  private static final Metadata.Key<String> CLIENT_TYPE_HEADER = header("x-modal-client-type");
  private static final String PYTHON_CLIENT = "1";
  private static final int MAXIMUM_KEY = 128;

  private static final Context.Key<String> AUTHORITY = Context.key("atoll-authority");
  private static final Context.Key<String> IDEMPOTENCY_KEY = Context.key("atoll-idempotency-key");
  private static final Context.Key<Boolean> PLAIN_SCHEME =
      Context.keyWithDefault("atoll-plain-scheme", false);

  private CallMetadata() {}

  /** Host and port that the client dialled. */
  public static Optional<String> authority() {
    return Optional.ofNullable(AUTHORITY.get());
  }

  /** The key by which repetitions of a call are known. */
  public static Optional<String> idempotencyKey() {
    return Optional.ofNullable(IDEMPOTENCY_KEY.get());
  }

  /** Whether the client wants addresses with the scheme http. */
  public static boolean plainScheme() {
    return PLAIN_SCHEME.get();
  }

  /** Reads the metadata of every call. */
  public static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Context context =
            Context.current()
                .withValue(
                    PLAIN_SCHEME,
                    PYTHON_CLIENT.equals(headers.get(CLIENT_TYPE_HEADER))
                        && call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION) == null);
        String authority = call.getAuthority();
        if (authority != null) {
          context = context.withValue(AUTHORITY, authority);
        }
        String key = headers.get(KEY_HEADER);
        if (key != null && !key.isEmpty() && key.length() <= MAXIMUM_KEY) {
          context = context.withValue(IDEMPOTENCY_KEY, key);
        }
        return Contexts.interceptCall(context, call, headers, next);
      }
    };
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
