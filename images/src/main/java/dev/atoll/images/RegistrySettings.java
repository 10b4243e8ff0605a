package dev.atoll.images;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How registries are reached.
 *
 * @param plainHttp {@code host[:port]} of registries that are asked without TLS; loopback addresses
 *     always may be
 * @param mirrors by registry, as {@link RegistryReference#registry} names it: whom to ask before
 *     it, in this order
 * @param logins Docker's configuration file, with whose credentials everything is pulled that is
 *     asked for without any; absent: that is pulled anonymously
 * @param stall how long a transfer may stand still before it is begun anew, in whole seconds
 */
public record RegistrySettings(
    Set<String> plainHttp,
    Map<String, List<RegistryMirror>> mirrors,
    Optional<Path> logins,
    Duration stall) {
  private static final Duration USUAL_STALL = Duration.ofSeconds(60);

  public RegistrySettings {
    plainHttp = Set.copyOf(plainHttp);
    Map<String, List<RegistryMirror>> copy = new LinkedHashMap<>();
    mirrors.forEach((registry, list) -> copy.put(registry, List.copyOf(list)));
    mirrors = Map.copyOf(copy);
  }

  /** Settings whose transfers may stand still for a minute. */
  public RegistrySettings(
      Set<String> plainHttp, Map<String, List<RegistryMirror>> mirrors, Optional<Path> logins) {
    this(plainHttp, mirrors, logins, USUAL_STALL);
  }

  /** No mirrors, no logins, TLS everywhere but on loopback. */
  public static RegistrySettings none() {
    return new RegistrySettings(Set.of(), Map.of(), Optional.empty());
  }

  /** These settings with other mirrors. */
  public RegistrySettings withMirrors(Map<String, List<RegistryMirror>> other) {
    return new RegistrySettings(plainHttp, other, logins, stall);
  }

  /** These settings with another {@link #stall}. */
  public RegistrySettings withStall(Duration other) {
    return new RegistrySettings(plainHttp, mirrors, logins, other);
  }
}
