package dev.atoll.worker.build;

import java.util.List;

/** The lines of Dockerfile commands, for people to recognise. */
final class CommandLines {
  private static final int SHOWN_CHARACTERS = 200;

  private final String[] lines;

  CommandLines(List<String> commands) {
    this.lines = String.join("\n", commands).split("\r?\n", -1);
  }

  /** The text of a line, shortened; the first is 1. */
  String text(int line) {
    if (line < 1 || line > lines.length) {
      return "";
    }
    String text = lines[line - 1].strip();
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
