package dev.atoll.server;

import dev.atoll.errors.AtollException;
import dev.atoll.images.RegistryMirror;
import dev.atoll.images.RegistryReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads the mirrors of registries in a configuration file. */
final class MirrorSettings {
  private static final String ADDRESS = "address";
  private static final String CERTIFICATES = "caCertificates";
  private static final String CREDENTIALS = "sendCredentials";

  /** Hosts of Docker Hub that no image names. */
  private static final Set<String> OF_HUB = Set.of("index.docker.io", "registry-1.docker.io");

  private final Path file;
  private final String place;

  private MirrorSettings(Path file, String place) {
    this.file = file;
    this.place = place;
  }

  /**
   * The mirrors by registry; INVALID_ARGUMENT names the file, the place in it and the rule.
   *
   * @param key that the value has in the file
   */
  static Map<String, List<RegistryMirror>> read(Path file, String key, JsonNode value) {
    if (!value.isObject()) {
      throw new MirrorSettings(file, key)
          .wrong("must have registries as keys, such as docker.io, and a list of mirrors for each");
    }
    Map<String, List<RegistryMirror>> mirrors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> registry : value.properties()) {
      MirrorSettings settings = new MirrorSettings(file, key + "." + registry.getKey());
      if (!isRegistry(registry.getKey())) {
        throw settings.wrong(
            "is no registry: the key must be as images name it, such as docker.io");
      }
      if (!registry.getValue().isArray()) {
        throw settings.wrong("must be a list of mirrors");
      }
      List<RegistryMirror> list = new ArrayList<>();
      registry.getValue().forEach(mirror -> list.add(settings.mirror(mirror)));
      mirrors.put(registry.getKey(), list);
    }
    return mirrors;
  }

  /** Whether images are looked for there: a key that no image can have would be ignored. */
  private static boolean isRegistry(String name) {
    if (OF_HUB.contains(name)) {
      return false;
    }
    try {
      return RegistryReference.parse(name + "/name").registry().equals(name);
    } catch (AtollException none) {
      return false;
    }
  }

  private RegistryMirror mirror(JsonNode value) {
    if (value.isString()) {
      return mirror(value.asString(), Optional.empty(), false);
    }
    if (!value.isObject() || !value.path(ADDRESS).isString()) {
      throw wrong("has a mirror that is neither an address nor has the key '" + ADDRESS + "'");
    }
    Optional<Path> certificates = Optional.empty();
    boolean credentials = false;
    for (Map.Entry<String, JsonNode> setting : value.properties()) {
      switch (setting.getKey()) {
        case ADDRESS -> {}
        case CERTIFICATES ->
            certificates =
                Optional.of(
                    ConfigFile.readable(
                        place + "." + CERTIFICATES, setting.getValue().asString("")));
        case CREDENTIALS -> {
          if (!setting.getValue().isBoolean()) {
            throw wrong(CREDENTIALS + " must be true or false");
          }
          credentials = setting.getValue().asBoolean();
        }
        default ->
            throw wrong(
                "has the unknown key '%s'; the keys of a mirror are %s, %s, %s"
                    .formatted(setting.getKey(), ADDRESS, CERTIFICATES, CREDENTIALS));
      }
    }
    return mirror(value.path(ADDRESS).asString(), certificates, credentials);
  }

  private RegistryMirror mirror(String address, Optional<Path> certificates, boolean credentials) {
    try {
      return new RegistryMirror(RegistryMirror.parse(address), certificates, credentials);
    } catch (AtollException e) {
      throw wrong("can't be used: " + e.getMessage());
    }
  }

  private AtollException wrong(String rule) {
    return AtollException.invalid("%s: %s %s", file, place, rule);
  }
}
