package dev.atoll.sdk.transport;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads when a JSON Web Token ends (RFC 7519, section 4.1.4), without checking its signature. */
final class JwtExpiry {
  private static final Pattern EXPIRY = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,15})");

  private JwtExpiry() {}

  /** The instant, or empty if the token says none. */
  static Optional<Instant> of(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      Matcher matcher = EXPIRY.matcher(payload);
      return matcher.find()
          ? Optional.of(Instant.ofEpochSecond(Long.parseLong(matcher.group(1))))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
