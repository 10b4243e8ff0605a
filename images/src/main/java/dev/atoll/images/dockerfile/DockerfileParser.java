package dev.atoll.images.dockerfile;

import dev.atoll.errors.AtollException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses Dockerfile commands (Dockerfile reference). */
public final class DockerfileParser {
  private static final int MOST_CHARACTERS = 1 << 20;

  private static final Pattern LINE = Pattern.compile("(?s)line ([0-9]{1,7}): .*");

  private DockerfileParser() {}

  /**
   * Parses commands. Each element may hold several lines; lines count from 1 over all elements, as
   * if they were one file. The first instruction is FROM, maybe after ARGs.
   *
   * @throws AtollException INVALID_ARGUMENT, with the line and the rule, at the first instruction
   *     that is unknown, malformed or not supported
   */
  public static List<Instruction> parse(List<String> commands) {
    long characters = commands.stream().mapToLong(command -> command.length() + 1L).sum();
    if (characters > MOST_CHARACTERS) {
      throw AtollException.invalid(
          "the Dockerfile commands have %d characters; at most %d are allowed",
          characters, MOST_CHARACTERS);
    }
    List<Instruction> instructions = new ArrayList<>();
    boolean from = false;
    for (LogicalLine line : LogicalLine.of(commands)) {
      if (line.text().indexOf('\0') >= 0) {
        throw Words.refuse(line.number(), "a NUL byte is not allowed");
      }
      Instruction instruction = InstructionReader.read(line);
      from |= instruction instanceof Instruction.From;
      if (!from && !(instruction instanceof Instruction.Arg)) {
        throw Words.refuse(
            line.number(), "%s stands before the first FROM: begin with FROM", line.keyword());
      }
      instructions.add(instruction);
    }
    if (!from) {
      throw AtollException.invalid("the Dockerfile commands have no FROM: begin with FROM");
    }
    return List.copyOf(instructions);
  }

  /** The line that a refusal of this package is about; empty when it is about none of them. */
  public static OptionalInt line(AtollException refusal) {
    Matcher matcher = LINE.matcher(String.valueOf(refusal.getMessage()));
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }
}
