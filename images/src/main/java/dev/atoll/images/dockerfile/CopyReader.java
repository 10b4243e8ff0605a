package dev.atoll.images.dockerfile;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads COPY. */
final class CopyReader {
  private static final Pattern MODE = Pattern.compile("0?[0-7]{3,4}");

  private final LogicalLine line;
  private Optional<String> from = Optional.empty();
  private Optional<String> owner = Optional.empty();
  private OptionalInt mode = OptionalInt.empty();

  private CopyReader(LogicalLine line) {
    this.line = line;
  }

  static Instruction read(LogicalLine line, String arguments) {
    return new CopyReader(line).read(arguments);
  }

  private Instruction read(String arguments) {
    String rest = arguments;
    while (rest.startsWith("--")) {
      String[] parts = rest.split("\\s+", 2);
      flag(parts[0]);
      rest = parts.length == 2 ? parts[1] : "";
    }
    String image =
        from.filter(name -> !name.isEmpty())
            .orElseThrow(
                () ->
                    Words.refuse(
                        line.number(),
                        "COPY works with --from=IMAGE only: no files come with the commands"));
    InstructionReader.refuseHeredoc(line, rest);
    // Words of the JSON form are expanded too, but their quotes and backslashes are plain text.
    List<String> words =
        JsonWords.parse(rest)
            .map(list -> list.stream().map(CopyReader::escape).toList())
            .orElse(WordSplitter.split(rest));
    if (words.size() < 2) {
      throw Words.refuse(line.number(), "COPY needs at least one source and a destination");
    }
    return new Instruction.CopyFrom(
        line.number(), image, words.subList(0, words.size() - 1), words.getLast(), owner, mode);
  }

  private void flag(String flag) {
    String[] parts = flag.split("=", 2);
    String value = parts.length == 2 ? parts[1] : "";
    switch (parts[0]) {
      case "--from" -> from = Optional.of(value);
      case "--chown" -> owner = Optional.of(value);
      case "--chmod" -> {
        if (!MODE.matcher(value).matches()) {
          throw Words.refuse(
              line.number(), "COPY: --chmod=%s is no mode: three or four octal digits", value);
        }
        mode = OptionalInt.of(Integer.parseInt(value, 8));
      }
      case "--link" -> {
        // It only says that the copy may be made without looking at the image below.
      }
      default ->
          throw Words.refuse(
              line.number(),
              "COPY: the flag '%s' is not supported",
              InstructionReader.shortened(parts[0]));
    }
  }

  private static String escape(String word) {
    return word.replaceAll("([\\\\'\"])", "\\\\$1");
  }
}
