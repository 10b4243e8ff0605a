package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The rules for commands, paths and tags. */
final class TextRules {
  private static final int MAXIMUM_COMMAND = 64 * 1024;
  private static final int MAXIMUM_ARGUMENTS = 4096;
  private static final int MAXIMUM_PATH = 4095;
  private static final int MAXIMUM_TAGS = 64;
  private static final Pattern TAG_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,63}");
  private static final Pattern TAG_VALUE = Pattern.compile("[^\\p{Cntrl}]{0,256}");

  private TextRules() {}

  static void checkCommand(List<String> command) {
    if (command.isEmpty()) {
      return;
    }
    if (command.getFirst().isEmpty()) {
      throw AtollException.invalid(
          "command[0] (definition.entrypoint_args) is empty: a command's first word names the program");
    }
    if (command.size() > MAXIMUM_ARGUMENTS) {
      throw AtollException.invalid(
          "command (definition.entrypoint_args) has %d words: the limit is %d",
          command.size(), MAXIMUM_ARGUMENTS);
    }
    long bytes = 0;
    for (int i = 0; i < command.size(); i++) {
      String word = command.get(i);
      bytes += word.getBytes(StandardCharsets.UTF_8).length;
      if (word.indexOf('\0') >= 0) {
        throw AtollException.invalid(
            "command[%d] (definition.entrypoint_args) holds a NUL byte: an argument can't", i);
      }
    }
    if (bytes > MAXIMUM_COMMAND) {
      throw AtollException.invalid(
          "command (definition.entrypoint_args) has %d bytes: the limit is %d",
          bytes, MAXIMUM_COMMAND);
    }
  }

  static void checkWorkdir(String workdir) {
    if (workdir.isEmpty()) {
      return;
    }
    if (!workdir.startsWith("/")) {
      throw AtollException.invalid(
          "definition.workdir '%s' must be an absolute path", Names.shortened(workdir));
    }
    int bytes = workdir.getBytes(StandardCharsets.UTF_8).length;
    if (workdir.indexOf('\0') >= 0 || bytes > MAXIMUM_PATH) {
      throw AtollException.invalid(
          "definition.workdir must not hold NUL bytes nor be longer than %d bytes", MAXIMUM_PATH);
    }
  }

  /** Tags by name; INVALID_ARGUMENT for a malformed or repeated one. */
  static Map<String, String> tags(List<Map.Entry<String, String>> tags) {
    if (tags.size() > MAXIMUM_TAGS) {
      throw AtollException.invalid(
          "%d tags are too many: the limit is %d", tags.size(), MAXIMUM_TAGS);
    }
    Map<String, String> byName = new LinkedHashMap<>();
    for (Map.Entry<String, String> tag : tags) {
      if (!TAG_NAME.matcher(tag.getKey()).matches()) {
        throw AtollException.invalid(
            "tag name '%s' must be 1 to 63 characters of [a-zA-Z0-9._-]",
            Names.shortened(tag.getKey()));
      }
      if (!TAG_VALUE.matcher(tag.getValue()).matches()) {
        throw AtollException.invalid(
            "the value of tag '%s' must be at most 256 characters, none of them a control character",
            tag.getKey());
      }
      if (byName.put(tag.getKey(), tag.getValue()) != null) {
        throw AtollException.invalid("tag '%s' is given twice", tag.getKey());
      }
    }
    return byName;
  }
}
