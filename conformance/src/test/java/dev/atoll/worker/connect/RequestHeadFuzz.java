package dev.atoll.worker.connect;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whatever a client sends as HTTP/1.1: no token reaches the sandbox, nor a false word of its user.
 */
public final class RequestHeadFuzz {
  private static final String MARK = "@";
  private static final String USER = "{\"user\":1}";

  private RequestHeadFuzz() {}

  /** The three ways to carry a token, which {@code @} stands for. */
  public static List<byte[]> seeds() {
    return List.of(
        bytes("GET /a?b=c&_modal_connect_token=@&d HTTP/1.1\r\nHost: a\r\n\r\n"),
        bytes("POST / HTTP/1.1\r\nAuthorization: Bearer @\r\nContent-Length: 1\r\n\r\nx"),
        bytes(
            "GET / HTTP/1.0\r\nCookie: a=b; _modal_connect_token=@;c\r\nX_Verified-User_Data: u\r\n\r\n"),
        bytes(
            "GET /? HTTP/1.1\r\nAuthorization: bearer  @\r\nConnection: upgrade, x\r\nUpgrade: h\r\n\r\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    Tokens tokens = new Tokens();
    String token = tokens.issue(new Grant(8000, USER)).token();
    Gate gate = new Gate(tokens, 8000, true);
    String text = new String(input, StandardCharsets.ISO_8859_1).replace(MARK, token);
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes(text)));
      for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
        if (next instanceof HttpRequest request
            && request.decoderResult().isSuccess()
            && request.uri().startsWith("/")) {
          gate.admit(request).ifPresent(admitted -> check(request, admitted));
        }
        ReferenceCountUtil.release(next);
      }
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static void check(HttpRequest request, Gate.Admitted admitted) {
    List<Map.Entry<String, String>> words =
        request.headers().entries().stream()
            .filter(header -> header.getKey().replace('_', '-').equalsIgnoreCase(Gate.USER_DATA))
            .toList();
    Optional<String> cookie = admitted.cookie();
    if (words.size() != 1
        || !words.getFirst().getValue().equals(USER)
        || !request.uri().startsWith("/")
        || hasToken(request.uri())
        || cookie
            .filter(value -> value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0)
            .isPresent()) {
      throw new IllegalStateException("the sandbox hears what it must not: " + request);
    }
  }

  private static boolean hasToken(String target) {
    int mark = target.indexOf('?');
    return mark >= 0
        && Stream.of(target.substring(mark + 1).split("&", -1))
            .anyMatch(parameter -> parameter.startsWith(Gate.TOKEN + "="));
  }
}
