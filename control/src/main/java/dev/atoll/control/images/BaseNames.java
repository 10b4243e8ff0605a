package dev.atoll.control.images;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the images that Dockerfile commands name: in FROM and in COPY --from, as far as these are
 * not earlier stages. Everything else about the commands is the builder's to judge.
 */
final class BaseNames {
  private static final Pattern FROM =
      Pattern.compile(
          "^\\s*FROM\\s+(?:--platform=\\S+\\s+)?(\\S+)(?:\\s+AS\\s+(\\S+))?\\s*$",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern COPY_FROM =
      Pattern.compile("^\\s*COPY\\s+(?:--\\S+\\s+)*?--from=(\\S+)\\s.*", Pattern.CASE_INSENSITIVE);
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  private BaseNames() {}

  /** The names, in the order in which they appear, each once. */
  static List<String> of(List<String> commands) {
    Set<String> stages = new LinkedHashSet<>();
    Set<String> names = new LinkedHashSet<>();
    for (String line : lines(commands)) {
      Matcher from = FROM.matcher(line);
      if (from.matches()) {
        add(names, stages, from.group(1));
        if (from.group(2) != null) {
          stages.add(from.group(2).toLowerCase(Locale.ROOT));
        }
      }
      Matcher copy = COPY_FROM.matcher(line);
      if (copy.matches() && !NUMBER.matcher(copy.group(1)).matches()) {
        add(names, stages, copy.group(1));
      }
    }
    return List.copyOf(names);
  }

  /** Whether the commands are nothing but one FROM. */
  static boolean onlyFrom(List<String> commands) {
    List<String> lines = lines(commands).stream().filter(line -> !line.isBlank()).toList();
    return lines.size() == 1 && FROM.matcher(lines.getFirst()).matches();
  }

  /** Whether there is a FROM at all. */
  static boolean hasFrom(List<String> commands) {
    return lines(commands).stream()
        .anyMatch(line -> line.stripLeading().regionMatches(true, 0, "FROM ", 0, 5));
  }

  private static void add(Set<String> names, Set<String> stages, String name) {
    boolean variable = name.indexOf('$') >= 0;
    if (!variable && !name.equals("scratch") && !stages.contains(name.toLowerCase(Locale.ROOT))) {
      names.add(name);
    }
  }

  private static List<String> lines(List<String> commands) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String command : commands) {
      for (String part : command.split("\n", -1)) {
        if (part.stripTrailing().endsWith("\\")) {
          line.append(part.stripTrailing(), 0, part.stripTrailing().length() - 1).append(' ');
        } else {
          lines.add(line.append(part).toString());
          line.setLength(0);
        }
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
