package dev.atoll.images.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry asks for (RFC 9110, WWW-Authenticate).
 *
 * @param scheme in small letters
 * @param parameters by their names in small letters
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final Pattern PARAMETER =
      Pattern.compile("([A-Za-z]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,\"]+))");

  /** The first that can be met: bearer or basic. */
  static Optional<Challenge> first(List<String> headers) {
    for (String header : headers) {
      String[] parts = header.strip().split("\\s+", 2);
      String scheme = parts[0].toLowerCase(Locale.ROOT);
      if (header.length() <= 4096 && (scheme.equals("bearer") || scheme.equals("basic"))) {
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(parts.length == 2 ? parts[1] : "");
        while (matcher.find()) {
          String value = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
          parameters.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
        }
        return Optional.of(new Challenge(scheme, parameters));
      }
    }
    return Optional.empty();
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }
}
