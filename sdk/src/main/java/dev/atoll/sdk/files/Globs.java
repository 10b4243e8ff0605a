package dev.atoll.sdk.files;

import java.util.regex.PatternSyntaxException;

/** Globs, as {@link java.nio.file.FileSystem#getPathMatcher} describes them. */
final class Globs {
  private final String glob;
  private final StringBuilder regex = new StringBuilder();
  private int at;

  private Globs(String glob) {
    this.glob = glob;
  }

  /** The regular expression that matches the same paths. */
  static String toRegex(String glob) {
    return new Globs(glob).translate();
  }

  private String translate() {
    boolean inGroup = false;
    while (at < glob.length()) {
      char next = glob.charAt(at++);
      switch (next) {
        case '*' -> star();
        case '?' -> regex.append("[^/]");
        case '[' -> bracket();
        case '\\' -> literal(escaped());
        case '{' -> {
          if (inGroup) {
            throw wrong("groups can't be nested");
          }
          inGroup = true;
          regex.append("(?:(?:");
        }
        case '}' -> {
          regex.append(inGroup ? "))" : "\\}");
          inGroup = false;
        }
        case ',' -> regex.append(inGroup ? ")|(?:" : ",");
        default -> literal(next);
      }
    }
    if (inGroup) {
      throw wrong("'}' is missing");
    }
    return regex.toString();
  }

  private void star() {
    if (at < glob.length() && glob.charAt(at) == '*') {
      at++;
      regex.append(".*");
    } else {
      regex.append("[^/]*");
    }
  }

  /** Characters of which one matches, never a slash; a backslash is one like others. */
  private void bracket() {
    regex.append("[[^/]&&[");
    if (at < glob.length() && (glob.charAt(at) == '!' || glob.charAt(at) == '^')) {
      regex.append(glob.charAt(at) == '!' ? "^" : "\\^");
      at++;
    }
    int first = at;
    while (at < glob.length() && (glob.charAt(at) != ']' || at == first)) {
      char member = glob.charAt(at++);
      boolean range = member == '-' && at - 1 > first && at < glob.length();
      if (member == '/') {
        throw wrong("a slash can't be in brackets");
      }
      if (range && glob.charAt(at) != ']') {
        if (glob.charAt(at) < glob.charAt(at - 2)) {
          throw wrong("a range ends before it begins");
        }
        regex.append('-');
      } else {
        literal(member);
      }
    }
    if (at == glob.length()) {
      throw wrong("']' is missing");
    }
    at++;
    regex.append("]]");
  }

  private char escaped() {
    if (at == glob.length()) {
      throw wrong("nothing follows the backslash");
    }
    return glob.charAt(at++);
  }

  private void literal(char character) {
    if (character < 128 && !Character.isLetterOrDigit(character)) {
      regex.append('\\');
    }
    regex.append(character);
  }

  private PatternSyntaxException wrong(String why) {
    return new PatternSyntaxException(why, glob, at);
  }
}
