package dev.atoll.images.dockerfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Reads {@code NAME=value} lists. */
final class NamedValues {
  private static final Pattern ARGUMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private NamedValues() {}

  /**
   * Values that must be there.
   *
   * @param old whether {@code NAME value}, without an equals sign, is allowed
   */
  static SequencedMap<String, String> required(LogicalLine line, String text, boolean old) {
    List<String> words = WordSplitter.split(text);
    SequencedMap<String, String> values = new LinkedHashMap<>();
    if (old && words.getFirst().indexOf('=') < 0) {
      String[] parts = text.split("\\s+", 2);
      if (parts.length < 2) {
        throw Words.refuse(line.number(), "%s %s needs a value", line.keyword(), shown(text));
      }
      values.putLast(parts[0], parts[1]);
      return values;
    }
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw Words.refuse(
            line.number(), "%s: '%s' must have the form NAME=value", line.keyword(), shown(word));
      }
      if (equals == 0) {
        throw Words.refuse(line.number(), "%s: '%s' has no name", line.keyword(), shown(word));
      }
      values.putLast(word.substring(0, equals), word.substring(equals + 1));
    }
    return values;
  }

  /** Names with or without values. */
  static SequencedMap<String, Optional<String>> optional(LogicalLine line, String text) {
    SequencedMap<String, Optional<String>> values = new LinkedHashMap<>();
    for (String word : WordSplitter.split(text)) {
      String[] parts = word.split("=", 2);
      if (!ARGUMENT.matcher(parts[0]).matches()) {
        throw Words.refuse(
            line.number(),
            "%s: '%s' is no name: letters, digits and _, not a digit first",
            line.keyword(),
            shown(parts[0]));
      }
      values.putLast(parts[0], parts.length == 2 ? Optional.of(parts[1]) : Optional.empty());
    }
    return values;
  }

  private static String shown(String word) {
    return InstructionReader.shortened(word);
  }
}
