package dev.atoll.images.dockerfile;

import dev.atoll.errors.AtollException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads one instruction. */
final class InstructionReader {
  private static final Pattern STAGE = Pattern.compile("[a-z][a-z0-9._-]*");
  private static final Pattern HEREDOC =
      Pattern.compile("[0-9]*<<-?(['\"]?)[A-Za-z_][A-Za-z0-9_]*\\1");

  private final LogicalLine line;

  private InstructionReader(LogicalLine line) {
    this.line = line;
  }

  static Instruction read(LogicalLine line) {
    InstructionReader reader = new InstructionReader(line);
    int number = line.number();
    return switch (line.keyword()) {
      case "FROM" -> reader.from();
      case "RUN" -> new Instruction.Run(number, reader.runCommand());
      case "ENV" ->
          new Instruction.Env(number, NamedValues.required(line, reader.arguments(), true));
      case "WORKDIR" -> new Instruction.Workdir(number, reader.arguments());
      case "USER" -> new Instruction.User(number, reader.arguments());
      case "ARG" -> new Instruction.Arg(number, NamedValues.optional(line, reader.arguments()));
      case "SHELL" -> new Instruction.Shell(number, reader.shell());
      case "CMD" -> new Instruction.Cmd(number, reader.command());
      case "ENTRYPOINT" -> new Instruction.Entrypoint(number, reader.command());
      case "LABEL" ->
          new Instruction.Label(number, NamedValues.required(line, reader.arguments(), false));
      case "EXPOSE" -> new Instruction.Expose(number, WordSplitter.split(reader.arguments()));
      case "COPY" -> CopyReader.read(line, reader.arguments());
      default -> throw reader.unsupported();
    };
  }

  private AtollException unsupported() {
    String reason =
        switch (line.keyword()) {
          case "ADD" -> "no files come with the commands: fetch them in a RUN, or COPY --from";
          case "VOLUME" -> "sandboxes get their volumes when they are created: remove the line";
          case "HEALTHCHECK" -> "sandboxes run no health checks: remove the line";
          case "STOPSIGNAL" -> "sandboxes are ended by SIGKILL: remove the line";
          case "ONBUILD" -> "triggers for later builds are not kept: write the instruction there";
          case "MAINTAINER" -> "it is deprecated: use LABEL maintainer=…";
          default -> "";
        };
    return reason.isEmpty()
        ? Words.refuse(line.number(), "unknown instruction '%s'", shortened(line.keyword()))
        : Words.refuse(line.number(), "%s is not supported: %s", line.keyword(), reason);
  }

  private String arguments() {
    if (line.rest().isEmpty()) {
      throw Words.refuse(line.number(), "%s needs an argument", line.keyword());
    }
    return line.rest();
  }

  private Instruction from() {
    List<String> words = WordSplitter.split(arguments());
    Optional<String> platform = Optional.empty();
    if (words.getFirst().startsWith("--")) {
      if (!words.getFirst().startsWith("--platform=")) {
        throw Words.refuse(line.number(), "FROM: unknown flag '%s'", shortened(words.getFirst()));
      }
      platform = Optional.of(words.getFirst().substring("--platform=".length()));
      words = words.subList(1, words.size());
    }
    boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("AS");
    if (words.size() != 1 && !named) {
      throw Words.refuse(line.number(), "FROM takes an image, and maybe AS and a stage's name");
    }
    Optional<String> stage =
        named ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
    stage.ifPresent(
        name -> {
          if (!STAGE.matcher(name).matches()) {
            throw Words.refuse(
                line.number(), "FROM: '%s' is no stage name: letters, digits, . _ -", name);
          }
        });
    return new Instruction.From(line.number(), words.getFirst(), stage, platform);
  }

  private Command runCommand() {
    String text = arguments();
    if (text.startsWith("--")) {
      throw Words.refuse(
          line.number(), "RUN: the flag '%s' is not supported", shortened(text.split("[\\s=]")[0]));
    }
    refuseHeredoc(line, text);
    Command command = command();
    if (command instanceof Command.ExecForm exec && exec.words().isEmpty()) {
      throw Words.refuse(line.number(), "RUN needs a command");
    }
    return command;
  }

  private Command command() {
    String text = arguments();
    return JsonWords.parse(text)
        .<Command>map(Command.ExecForm::new)
        .orElseGet(() -> new Command.ShellForm(text));
  }

  private List<String> shell() {
    return JsonWords.parse(arguments())
        .filter(words -> !words.isEmpty())
        .orElseThrow(
            () ->
                Words.refuse(
                    line.number(), "SHELL needs a JSON array, such as [\"/bin/sh\", \"-c\"]"));
  }

  static void refuseHeredoc(LogicalLine line, String text) {
    for (String word : WordSplitter.split(text)) {
      if (HEREDOC.matcher(word).matches()) {
        throw Words.refuse(
            line.number(),
            "%s: here-documents are not supported: join commands with && and \\",
            line.keyword());
      }
    }
  }

  static String shortened(String word) {
    return word.length() <= 64 ? word : word.substring(0, 64) + "…";
  }
}
