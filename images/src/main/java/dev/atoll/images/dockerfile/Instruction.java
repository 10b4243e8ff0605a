package dev.atoll.images.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;

/**
 * One instruction of a Dockerfile. As parsed, its words still hold quotes, escapes and variables;
 * {@link #expand} resolves them, and only then are the values final. RUN, CMD, ENTRYPOINT and SHELL
 * have nothing to expand.
 */
public sealed interface Instruction {
  /** The line on which it starts; the first is 1. */
  int line();

  /**
   * The same instruction with variables replaced and quotes removed.
   *
   * @throws dev.atoll.errors.AtollException INVALID_ARGUMENT, with the line, when a word breaks a
   *     rule
   */
  default Instruction expand(Variables variables) {
    return this;
  }

  /** Starts a stage on an image: a tag, the id of an image, or an earlier stage. */
  record From(int line, String image, Optional<String> stage, Optional<String> platform)
      implements Instruction {
    @Override
    public From expand(Variables variables) {
      Words words = new Words(line, variables);
      return new From(
          line, words.expand(image), stage, platform.map(words::expand).filter(p -> !p.isEmpty()));
    }
  }

  /** Runs a command; its changes become a layer. */
  record Run(int line, Command command) implements Instruction {}

  /** Sets environment variables, in order. Variables on the right have their values of before. */
  record Env(int line, SequencedMap<String, String> variables) implements Instruction {
    public Env {
      variables = Words.copy(variables);
    }

    @Override
    public Env expand(Variables values) {
      return new Env(line, new Words(line, values).expandAll(variables));
    }
  }

  /** Sets the working directory, relative to the one before, and makes it when it is missing. */
  record Workdir(int line, String path) implements Instruction {
    @Override
    public Workdir expand(Variables variables) {
      return new Workdir(line, new Words(line, variables).expandRequired("WORKDIR", path));
    }
  }

  /** Sets the user, {@code name[:group]} or numbers. */
  record User(int line, String user) implements Instruction {
    @Override
    public User expand(Variables variables) {
      return new User(line, new Words(line, variables).expandRequired("USER", user));
    }
  }

  /** Declares build arguments, with defaults where they are given. */
  record Arg(int line, SequencedMap<String, Optional<String>> arguments) implements Instruction {
    public Arg {
      arguments = Words.copy(arguments);
    }

    @Override
    public Arg expand(Variables variables) {
      Words words = new Words(line, variables);
      SequencedMap<String, Optional<String>> expanded = new LinkedHashMap<>();
      arguments.forEach((name, value) -> expanded.put(name, value.map(words::expand)));
      return new Arg(line, expanded);
    }
  }

  /** Sets what runs shell forms. */
  record Shell(int line, List<String> shell) implements Instruction {
    public Shell {
      shell = List.copyOf(shell);
    }
  }

  /** Sets the default command. */
  record Cmd(int line, Command command) implements Instruction {}

  /** Sets the first words of every command, and clears the default command of the base. */
  record Entrypoint(int line, Command command) implements Instruction {}

  /** Adds metadata. */
  record Label(int line, SequencedMap<String, String> labels) implements Instruction {
    public Label {
      labels = Words.copy(labels);
    }

    @Override
    public Label expand(Variables variables) {
      return new Label(line, new Words(line, variables).expandAll(labels));
    }
  }

  /** Names ports, such as {@code 80/tcp}; information only. */
  record Expose(int line, List<String> ports) implements Instruction {
    public Expose {
      ports = List.copyOf(ports);
    }

    @Override
    public Expose expand(Variables variables) {
      Words words = new Words(line, variables);
      List<String> expanded = new ArrayList<>();
      for (String port : ports) {
        words.expandPorts(port, expanded);
      }
      return new Expose(line, expanded);
    }
  }

  /**
   * Copies files of another image or of an earlier stage.
   *
   * @param from a tag, the id of an image, or a stage's name or number
   * @param sources paths in it, maybe with wildcards; at least one
   * @param destination path in this image, relative to the working directory
   * @param owner {@code user[:group]} for the copies; root when absent
   * @param mode permission bits for the copies; those of the source when absent
   */
  record CopyFrom(
      int line,
      String from,
      List<String> sources,
      String destination,
      Optional<String> owner,
      OptionalInt mode)
      implements Instruction {
    public CopyFrom {
      sources = List.copyOf(sources);
    }

    @Override
    public CopyFrom expand(Variables variables) {
      Words words = new Words(line, variables);
      return new CopyFrom(
          line,
          words.expandRequired("COPY --from", from),
          sources.stream().map(word -> words.expandRequired("COPY", word)).toList(),
          words.expandRequired("COPY", destination),
          owner.map(words::expand),
          mode);
    }
  }
}
