package dev.atoll.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows in columns that are as wide as their widest entry; the last column ends with its text. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... titles) {
    rows.add(List.of(titles));
  }

  /** Adds a row; an empty entry is shown as a dash. */
  Table row(String... entries) {
    rows.add(List.of(entries).stream().map(entry -> entry.isEmpty() ? "-" : entry).toList());
    return this;
  }

  void print(PrintStream out) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns - 1; i++) {
        String entry = row.get(i);
        line.append(entry).append(" ".repeat(widths[i] - entry.length() + 2));
      }
      out.println(line.append(row.getLast()));
    }
  }
}
