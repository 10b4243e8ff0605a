package dev.atoll.images.oci;

import dev.atoll.images.ImageConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns OCI's config into ours. */
final class Configs {
  private Configs() {}

  static ImageConfig of(Documents.@Nullable Process process) {
    if (process == null) {
      return ImageConfig.empty();
    }
    Map<String, String> labels = process.labels() == null ? Map.of() : process.labels();
    Map<String, Object> ports = process.exposedPorts() == null ? Map.of() : process.exposedPorts();
    return new ImageConfig(
        list(process.environment()),
        text(process.workingDirectory()),
        text(process.user()),
        list(process.entrypoint()),
        list(process.command()),
        list(process.shell()),
        new TreeMap<>(labels),
        List.copyOf(new TreeSet<>(ports.keySet())));
  }

  private static List<String> list(@Nullable List<String> values) {
    return values == null ? List.of() : values;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
