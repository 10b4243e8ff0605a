package dev.atoll.images.dockerfile;

import dev.atoll.errors.AtollException;
import java.util.Optional;

/**
 * Replaces the variables of one word and removes its quotes and escapes (Dockerfile reference,
 * environment replacement). A variable that isn't set is empty. Single use.
 */
final class Expansion {
  /** The longest word that a process can be started with (execve(2), MAX_ARG_STRLEN). */
  private static final int MOST_CHARACTERS = 131_072;

  private static final int MOST_NESTING = 16;

  private final int line;
  private final String word;
  private final Variables variables;
  private int at;

  Expansion(int line, String word, Variables variables) {
    this.line = line;
    this.word = word;
    this.variables = variables;
  }

  String expand() {
    StringBuilder result = new StringBuilder();
    text(result, 0);
    return result.toString();
  }

  /** Reads up to the end, or, inside of braces, to the brace that closes them. */
  private void text(StringBuilder result, int depth) {
    if (depth > MOST_NESTING) {
      throw refuse("variables are nested more than " + MOST_NESTING + " deep");
    }
    while (at < word.length() && !(depth > 0 && word.charAt(at) == '}')) {
      char c = word.charAt(at++);
      switch (c) {
        case '\'' -> singleQuoted(result);
        case '"' -> doubleQuoted(result, depth);
        case '\\' -> append(result, at < word.length() ? word.substring(at, ++at) : "\\");
        case '$' -> variable(result, depth);
        default -> append(result, String.valueOf(c));
      }
    }
  }

  private void singleQuoted(StringBuilder result) {
    int end = word.indexOf('\'', at);
    if (end < 0) {
      throw refuse("a single quote is not closed");
    }
    append(result, word.substring(at, end));
    at = end + 1;
  }

  private void doubleQuoted(StringBuilder result, int depth) {
    while (at < word.length()) {
      char c = word.charAt(at++);
      switch (c) {
        case '"' -> {
          return;
        }
        case '$' -> variable(result, depth);
        case '\\' -> {
          boolean escape = at < word.length() && "\"$\\".indexOf(word.charAt(at)) >= 0;
          append(result, escape ? word.substring(at, ++at) : "\\");
        }
        default -> append(result, String.valueOf(c));
      }
    }
    throw refuse("a double quote is not closed");
  }

  private void variable(StringBuilder result, int depth) {
    if (at < word.length() && word.charAt(at) == '{') {
      at++;
      String name = name();
      if (name.isEmpty()) {
        throw refuse("'${' needs a variable's name");
      }
      braced(result, name, depth);
      return;
    }
    String name = name();
    append(result, name.isEmpty() ? "$" : variables.get(name).orElse(""));
  }

  private void braced(StringBuilder result, String name, int depth) {
    if (at >= word.length()) {
      throw refuse("'${" + name + "' is not closed");
    }
    boolean emptyCounts = word.charAt(at) != ':';
    if (!emptyCounts) {
      at++;
    }
    char operator = at < word.length() ? word.charAt(at++) : '\0';
    Optional<String> value = variables.get(name);
    if (operator == '}' && emptyCounts) {
      append(result, value.orElse(""));
      return;
    }
    if (operator != '-' && operator != '+') {
      throw refuse("'${" + name + "…' may only go on with '}', ':-', ':+', '-' or '+'");
    }
    StringBuilder alternative = new StringBuilder();
    text(alternative, depth + 1);
    if (at >= word.length()) {
      throw refuse("'${" + name + "' is not closed");
    }
    at++;
    boolean set = value.filter(v -> emptyCounts || !v.isEmpty()).isPresent();
    if (operator == '-') {
      append(result, set ? value.orElse("") : alternative.toString());
    } else {
      append(result, set ? alternative.toString() : "");
    }
  }

  private String name() {
    int start = at;
    while (at < word.length() && isNameCharacter(word.charAt(at), at > start)) {
      at++;
    }
    return word.substring(start, at);
  }

  private static boolean isNameCharacter(char c, boolean digits) {
    return c == '_'
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (digits && c >= '0' && c <= '9');
  }

  private void append(StringBuilder result, String text) {
    if (result.length() + text.length() > MOST_CHARACTERS) {
      throw refuse("a value grows beyond " + MOST_CHARACTERS + " characters");
    }
    result.append(text);
  }

  private AtollException refuse(String rule) {
    return Words.refuse(line, "%s", rule);
  }
}
