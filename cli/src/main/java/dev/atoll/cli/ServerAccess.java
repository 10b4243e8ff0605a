package dev.atoll.cli;

import dev.atoll.sdk.Atoll;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where a server is and how to enter it.
 *
 * @param url such as {@code http://127.0.0.1:7070}
 * @param publicUrl where others than this host reach it, if that is known
 * @param tokenId the token's public half
 * @param tokenSecret the token's secret half; never printed but by {@code env}
 * @param sslContext whom to trust; empty: the Java runtime's authorities
 */
record ServerAccess(
    String url,
    Optional<String> publicUrl,
    String tokenId,
    String tokenSecret,
    Optional<SSLContext> sslContext) {
  /** The access as the environment variables of the clients. */
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("MODAL_SERVER_URL", url);
    variables.put("MODAL_TOKEN_ID", tokenId);
    variables.put("MODAL_TOKEN_SECRET", tokenSecret);
    return variables;
  }

  /** A client of the Sandbox API. */
  Atoll client() {
    Atoll.Builder builder = Atoll.builder().serverUrl(url).token(tokenId, tokenSecret);
    sslContext.ifPresent(builder::sslContext);
    return builder.build();
  }

  @Override
  public String toString() {
    return "ServerAccess[url=" + url + ", tokenId=" + tokenId + "]";
  }
}
