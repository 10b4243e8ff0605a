package dev.atoll.worker.connect;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** What is answered in the sandbox's place; the connection ends with it. */
final class Answers {
  private Answers() {}

  static FullHttpResponse malformed() {
    return of(
        HttpResponseStatus.BAD_REQUEST,
        "This is no HTTP/1.1 request for a path, or its head is longer than 32 KiB.");
  }

  static FullHttpResponse unauthorized() {
    FullHttpResponse answer =
        of(
            HttpResponseStatus.UNAUTHORIZED,
            "A connect token of this sandbox is missing, or it is not valid: send it as "
                + "'Authorization: Bearer <token>', or as the query parameter "
                + Gate.TOKEN
                + ".");
    answer.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    return answer;
  }

  static FullHttpResponse nothingListens(int port) {
    return of(
        HttpResponseStatus.BAD_GATEWAY,
        "Nothing listens on port %d of this sandbox yet (on 0.0.0.0, not on 127.0.0.1 alone)."
            .formatted(port));
  }

  static FullHttpResponse noAnswer(int port) {
    return of(
        HttpResponseStatus.BAD_GATEWAY,
        "What listens on port %d of this sandbox closed the connection without an HTTP answer."
            .formatted(port));
  }

  private static FullHttpResponse of(HttpResponseStatus status, String text) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            Unpooled.copiedBuffer(text + "\n", StandardCharsets.UTF_8));
    answer
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return answer;
  }
}
