package dev.atoll.images.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Splits at blanks that are neither quoted nor escaped; quotes and escapes stay. */
final class WordSplitter {
  private WordSplitter() {}

  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = '\0';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == '\0' && Character.isWhitespace(c)) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
        continue;
      }
      word.append(c);
      if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
      } else if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '"' || c == '\'')) {
        quote = c;
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }
}
