package dev.atoll.images.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** What RUN, CMD and ENTRYPOINT name (Dockerfile reference, shell and exec form). */
public sealed interface Command {
  /**
   * The words to start.
   *
   * @param shell what runs the shell form, such as {@code /bin/sh -c}
   */
  List<String> arguments(List<String> shell);

  /**
   * A line for the image's shell.
   *
   * @param line the line, its variables untouched: the shell expands them
   */
  record ShellForm(String line) implements Command {
    @Override
    public List<String> arguments(List<String> shell) {
      List<String> arguments = new ArrayList<>(shell);
      arguments.add(line);
      return List.copyOf(arguments);
    }
  }

  /**
   * A JSON array of words, started as they are.
   *
   * @param words the program and its arguments; may be empty for CMD and ENTRYPOINT
   */
  record ExecForm(List<String> words) implements Command {
    public ExecForm {
      words = List.copyOf(words);
    }

    @Override
    public List<String> arguments(List<String> shell) {
      return words;
    }
  }
}
