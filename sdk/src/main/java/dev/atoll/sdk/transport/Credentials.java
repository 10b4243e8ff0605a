package dev.atoll.sdk.transport;

/**
 * A token pair.
 *
 * @param tokenId the public half
 * @param tokenSecret the secret half; never printed
 */
public record Credentials(String tokenId, String tokenSecret) {
  @Override
  public String toString() {
    return "Credentials[tokenId=" + tokenId + "]";
  }
}
