package dev.atoll.images.dockerfile;

import dev.atoll.errors.AtollException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Expands the words of one line. */
record Words(int line, Variables variables) {
  private static final Pattern PORT =
      Pattern.compile("[0-9]{1,5}(-[0-9]{1,5})?(/(tcp|udp|sctp))?", Pattern.CASE_INSENSITIVE);

  static <V> SequencedMap<String, V> copy(SequencedMap<String, V> map) {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
  }

  String expand(String word) {
    return new Expansion(line, word, variables).expand();
  }

  String expandRequired(String what, String word) {
    String value = expand(word);
    if (value.isEmpty()) {
      throw refuse(line, "%s: '%s' expands to nothing", what, word);
    }
    return value;
  }

  SequencedMap<String, String> expandAll(SequencedMap<String, String> words) {
    SequencedMap<String, String> expanded = new LinkedHashMap<>();
    words.forEach((name, value) -> expanded.put(expand(name), expand(value)));
    return expanded;
  }

  void expandPorts(String word, List<String> result) {
    Arrays.stream(expand(word).strip().split("\\s+"))
        .filter(port -> !port.isEmpty())
        .forEach(
            port -> {
              if (!PORT.matcher(port).matches() || !inRange(port)) {
                throw refuse(
                    line,
                    "EXPOSE: '%s' is no port: expected a number up to 65535, maybe with /tcp",
                    port);
              }
              result.add(port.indexOf('/') < 0 ? port + "/tcp" : port);
            });
  }

  private static boolean inRange(String port) {
    return Arrays.stream(port.split("/", 2)[0].split("-"))
        .allMatch(number -> Integer.parseInt(number) <= 65_535);
  }

  /** A refusal that carries the line. */
  static AtollException refuse(int line, String format, Object... arguments) {
    return AtollException.invalid("line %d: %s", line, format.formatted(arguments));
  }
}
