package dev.atoll.sdk;

/**
 * What opens a port of a sandbox to HTTP clients. They send the token as {@code Authorization:
 * Bearer <token>}, or as the query parameter {@code _modal_connect_token}, which also sets a cookie
 * for what a page loads.
 *
 * @param url where to send requests, such as {@code http://127.81.3.200:41234}
 * @param token a secret
 */
public record ConnectToken(String url, String token) {
  @Override
  public String toString() {
    return "ConnectToken[" + url + "]";
  }
}
