package dev.atoll.images.dockerfile;

import dev.atoll.images.ImageConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Rules by which instructions change an image's config. */
final class ConfigChanges {
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  private ConfigChanges() {}

  static List<String> shell(ImageConfig config) {
    return config.shell().isEmpty() ? DEFAULT_SHELL : config.shell();
  }

  /** An absolute path without {@code .} and {@code ..}; a relative one begins at the folder. */
  static String resolve(String folder, String path) {
    List<String> names = new ArrayList<>();
    String whole = path.startsWith("/") ? path : folder + "/" + path;
    for (String name : whole.split("/")) {
      if (name.equals("..")) {
        if (!names.isEmpty()) {
          names.removeLast();
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return "/" + String.join("/", names);
  }

  static SequencedMap<String, String> environment(ImageConfig config) {
    SequencedMap<String, String> values = new LinkedHashMap<>();
    for (String entry : config.environment()) {
      String[] parts = entry.split("=", 2);
      values.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    return values;
  }

  static ImageConfig env(ImageConfig config, SequencedMap<String, String> changes) {
    SequencedMap<String, String> values = environment(config);
    values.putAll(changes);
    return config.withEnvironment(
        values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }
}
