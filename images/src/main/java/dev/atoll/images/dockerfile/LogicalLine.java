package dev.atoll.images.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One instruction's text: comments removed and continued lines joined.
 *
 * @param number the line on which it starts; the first is 1
 */
record LogicalLine(int number, String text) {
  /** A backslash at the end, but not one that another one escapes. */
  private static final Pattern CONTINUED = Pattern.compile("(?<!\\\\)\\\\[ \\t]*$");

  private static final Pattern ESCAPE_DIRECTIVE =
      Pattern.compile("#\\s*escape\\s*=\\s*(\\S)\\s*", Pattern.CASE_INSENSITIVE);

  /** Joins commands, each maybe of several lines, as if they were one file. */
  static List<LogicalLine> of(List<String> commands) {
    String[] lines = String.join("\n", commands).split("\r?\n", -1);
    List<LogicalLine> result = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int start = 0;
    for (int i = 0; i < lines.length; i++) {
      String stripped = lines[i].strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        refuseEscapeDirective(i + 1, stripped);
        continue;
      }
      if (start == 0) {
        start = i + 1;
      }
      Matcher continued = CONTINUED.matcher(lines[i]);
      if (continued.find()) {
        text.append(lines[i], 0, continued.start());
        continue;
      }
      result.add(new LogicalLine(start, text.append(lines[i]).toString().strip()));
      text.setLength(0);
      start = 0;
    }
    if (!text.toString().isBlank()) {
      result.add(new LogicalLine(start, text.toString().strip()));
    }
    return result;
  }

  private static void refuseEscapeDirective(int number, String comment) {
    Matcher directive = ESCAPE_DIRECTIVE.matcher(comment);
    if (directive.matches() && !directive.group(1).equals("\\")) {
      throw Words.refuse(number, "the escape directive is not supported: use the backslash");
    }
  }

  /** The instruction's name, in upper case. */
  String keyword() {
    return text.split("\\s", 2)[0].toUpperCase(Locale.ROOT);
  }

  /** What follows the name. */
  String rest() {
    String[] parts = text.split("\\s", 2);
    return parts.length == 1 ? "" : parts[1].strip();
  }
}
