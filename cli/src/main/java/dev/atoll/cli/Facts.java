package dev.atoll.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lines of the form {@code name: value}, aligned; an empty value leaves its line out. */
final class Facts {
  private final Map<String, String> lines = new LinkedHashMap<>();

  Facts add(String name, String value) {
    if (!value.isEmpty()) {
      lines.put(name, value);
    }
    return this;
  }

  void print(PrintStream out) {
    int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
    lines.forEach(
        (name, value) -> out.println(name + ":" + " ".repeat(width - name.length() + 1) + value));
  }
}
