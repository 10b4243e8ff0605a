package dev.atoll.cli;

import dev.atoll.sdk.Atoll;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a server is and how to enter it.
 *
 * @param url such as {@code http://127.0.0.1:7070}
 * @param tokenId the token's public half
 * @param tokenSecret the token's secret half; never printed but by {@code env}
 */
record ServerAccess(String url, String tokenId, String tokenSecret) {
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
    return Atoll.builder().serverUrl(url).token(tokenId, tokenSecret).build();
  }

  @Override
  public String toString() {
    return "ServerAccess[url=" + url + ", tokenId=" + tokenId + "]";
  }
}
