package dev.atoll.control.calls;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Headers that the current call shall be answered with. Sent by {@link #interceptor()}. */
public final class AnswerHeaders {
  /** Where the time of a start went, as a JSON object. */
  public static final String START = "x-atoll-start";

  private static final Context.Key<Metadata> HEADERS = Context.key("atoll-answer-headers");

  private AnswerHeaders() {}

  /** Adds one to the answer of the current call, before its first message. */
  public static void put(String name, String value) {
    Metadata headers = HEADERS.get();
    if (headers != null) {
      headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }
  }

  /** Gives each call its headers. */
  public static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Metadata answer = new Metadata();
        ServerCall<Q, A> answered =
            new SimpleForwardingServerCall<>(call) {
              @Override
              public void sendHeaders(Metadata responseHeaders) {
                responseHeaders.merge(answer);
                super.sendHeaders(responseHeaders);
              }
            };
        return Contexts.interceptCall(
            Context.current().withValue(HEADERS, answer), answered, headers, next);
      }
    };
  }
}
