package dev.atoll.control.sandboxes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The regions that there are: those that AWS, GCP and OCI publish, and the broad names, such as
 * {@code us}. They are in the file {@code regions.txt} beside this class.
 */
final class Regions {
  private static final String BROAD = "broad:";

  private final List<String> broad = new ArrayList<>();
  private final Set<String> all = new HashSet<>();

  /** Reads them. */
  Regions() {
    String group = "";
    for (String line : lines()) {
      if (line.endsWith(":")) {
        group = line;
      } else if (!line.isBlank() && !line.startsWith("#")) {
        all.add(line);
        if (group.equals(BROAD)) {
          broad.add(line);
        }
      }
    }
  }

  boolean has(String region) {
    return all.contains(region);
  }

  /** The broad names, for a sentence. */
  String broadNames() {
    return String.join(", ", broad);
  }

  private static List<String> lines() {
    try (InputStream file =
        Objects.requireNonNull(Regions.class.getResourceAsStream("regions.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }
}
