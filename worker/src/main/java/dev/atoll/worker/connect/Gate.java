package dev.atoll.worker.connect;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets a request pass that carries a connect token: as {@code Authorization: Bearer} (RFC 6750,
 * section 2.1), as the query parameter or as the cookie {@value #TOKEN}. The token goes no further,
 * and what a client says itself about who its user is neither.
 */
final class Gate {
  /** The name of the query parameter and of the cookie. */
  static final String TOKEN = "_modal_connect_token";

  /** The header that tells the sandbox about the user. */
  static final String USER_DATA = "X-Verified-User-Data";

  private static final String SCHEME = "Bearer ";

  private final Tokens tokens;
  private final int port;
  private final String cookieAttributes;

  /**
   * For one port.
   *
   * @param secure whether clients speak TLS with it
   */
  Gate(Tokens tokens, int port, boolean secure) {
    this.tokens = tokens;
    this.port = port;
    this.cookieAttributes = "; Path=/; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
  }

  /**
   * A request that may pass, as the sandbox shall see it.
   *
   * @param grant what its token opens
   * @param cookie the cookie to set, when the token came in the query: what a page loads then has
   *     it, too
   */
  record Admitted(Grant grant, Optional<String> cookie) {}

  /** Takes the token off a request that has a valid one; leaves another as it is. */
  Optional<Admitted> admit(HttpRequest request) {
    Query query = Query.of(request.uri());
    List<String> cookies = cookies(request.headers());
    Optional<String> bearer = bearer(request.headers());
    Optional<Grant> byHeader = bearer.flatMap(this::find);
    Optional<Grant> byQuery = query.token().flatMap(this::find);
    Optional<Grant> byCookie =
        cookies.stream()
            .flatMap(cookie -> tokenOf(cookie).stream())
            .flatMap(token -> find(token).stream())
            .findFirst();
    Optional<Grant> grant = byHeader.or(() -> byQuery).or(() -> byCookie);
    if (grant.isEmpty()) {
      return Optional.empty();
    }
    request.setUri(query.rest());
    if (byHeader.isPresent()) {
      request.headers().remove(HttpHeaderNames.AUTHORIZATION);
    }
    keepOtherCookies(request.headers(), cookies);
    tellUser(request.headers(), grant.get().userMetadata());
    endHopByHop(request.headers());
    Optional<String> cookie =
        byHeader.isEmpty() && byQuery.isPresent()
            ? query.token().map(token -> TOKEN + "=" + token + cookieAttributes)
            : Optional.empty();
    return Optional.of(new Admitted(grant.get(), cookie));
  }

  /** The port that is behind it. */
  int port() {
    return port;
  }

  /** A token of another port opens nothing here. */
  private Optional<Grant> find(String token) {
    return tokens.find(token).filter(grant -> grant.port() == port);
  }

  private static Optional<String> bearer(HttpHeaders headers) {
    return Optional.ofNullable(headers.get(HttpHeaderNames.AUTHORIZATION))
        .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
        .map(value -> value.substring(SCHEME.length()).trim());
  }

  private static List<String> cookies(HttpHeaders headers) {
    List<String> cookies = new ArrayList<>();
    for (String line : headers.getAll(HttpHeaderNames.COOKIE)) {
      for (String cookie : line.split(";", -1)) {
        if (!cookie.isBlank()) {
          cookies.add(cookie.strip());
        }
      }
    }
    return cookies;
  }

  private static Optional<String> tokenOf(String cookie) {
    int equals = cookie.indexOf('=');
    return equals > 0 && cookie.substring(0, equals).strip().equals(TOKEN)
        ? Optional.of(cookie.substring(equals + 1).strip())
        : Optional.empty();
  }

  private static void keepOtherCookies(HttpHeaders headers, List<String> cookies) {
    List<String> others = cookies.stream().filter(cookie -> tokenOf(cookie).isEmpty()).toList();
    headers.remove(HttpHeaderNames.COOKIE);
    if (!others.isEmpty()) {
      headers.set(HttpHeaderNames.COOKIE, String.join("; ", others));
    }
  }

  /** Many servers take {@code -} and {@code _} in a header's name for the same. */
  private static void tellUser(HttpHeaders headers, String userMetadata) {
    for (String name : List.copyOf(headers.names())) {
      if (name.replace('_', '-').equalsIgnoreCase(USER_DATA)) {
        headers.remove(name);
      }
    }
    // Header values are bytes; the codec writes each character as one.
    byte[] bytes = userMetadata.getBytes(StandardCharsets.UTF_8);
    headers.set(USER_DATA, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /**
   * The connection to the cell lasts for one exchange. What a client lists in Connection (RFC 9110,
   * section 7.6.1) must not take away the header that was just put on.
   */
  private static void endHopByHop(HttpHeaders headers) {
    boolean upgrade =
        headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
            && headers.contains(HttpHeaderNames.UPGRADE);
    headers.remove("Keep-Alive");
    headers.remove("Proxy-Connection");
    if (!upgrade) {
      headers.remove(HttpHeaderNames.UPGRADE);
    }
    headers.set(
        HttpHeaderNames.CONNECTION, upgrade ? HttpHeaderValues.UPGRADE : HttpHeaderValues.CLOSE);
  }

  /** A request target apart from its token. */
  private record Query(String rest, Optional<String> token) {
    static Query of(String target) {
      int mark = target.indexOf('?');
      if (mark < 0) {
        return new Query(target, Optional.empty());
      }
      List<String> others = new ArrayList<>();
      Optional<String> token = Optional.empty();
      for (String parameter : target.substring(mark + 1).split("&", -1)) {
        if (parameter.startsWith(TOKEN + "=")) {
          token = Optional.of(parameter.substring(TOKEN.length() + 1));
        } else {
          others.add(parameter);
        }
      }
      String path = target.substring(0, mark);
      boolean none = others.isEmpty() || (others.size() == 1 && others.getFirst().isEmpty());
      return new Query(
          token.isPresent() && none ? path : path + "?" + String.join("&", others), token);
    }
  }
}
