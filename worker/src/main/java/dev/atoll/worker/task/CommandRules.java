package dev.atoll.worker.task;

import dev.atoll.errors.AtollException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What may be asked of a process: the rules that hold for a task's command and for an exec. */
public final class CommandRules {
  /** The clients' own limit for all arguments together, in bytes. */
  public static final int MOST_ARGUMENT_BYTES = 65_536;

  /** All variables together, in bytes; the guest agent's frame takes 1 MiB for everything. */
  public static final int MOST_ENVIRONMENT_BYTES = 512 << 10;

  private static final int MOST_PATH_BYTES = 4_095;

  private CommandRules() {}

  /** Refuses too long arguments, and ones with NUL bytes. */
  public static void checkArguments(String field, List<String> arguments) {
    long bytes = 0;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.indexOf('\0') >= 0) {
        throw AtollException.invalid(
            "%s[%d] holds a NUL byte: an argument can't have one", field, i);
      }
      bytes += argument.getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MOST_ARGUMENT_BYTES) {
      throw AtollException.invalid(
          "%s: %d bytes of arguments; at most %d are allowed. Pass more through stdin or a file",
          field, bytes, MOST_ARGUMENT_BYTES);
    }
  }

  /** Refuses a command whose program has no name. */
  public static void checkProgram(String field, List<String> arguments) {
    if (arguments.isEmpty()) {
      throw AtollException.invalid("%s is empty: name a program to run", field);
    }
    if (arguments.getFirst().isEmpty()) {
      throw AtollException.invalid("%s[0] is '': name a program to run", field);
    }
  }

  /** Refuses names that no environment can hold, NUL bytes, and too much of it. */
  public static void checkEnvironment(String field, Map<String, String> environment) {
    long bytes = 0;
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
        throw AtollException.invalid(
            "%s: '%s' is no name of a variable: it must not be empty nor hold '=' or NUL",
            field, name.replace('\0', '?'));
      }
      if (variable.getValue().indexOf('\0') >= 0) {
        throw AtollException.invalid("%s: the value of '%s' holds a NUL byte", field, name);
      }
      bytes += name.length() + variable.getValue().getBytes(StandardCharsets.UTF_8).length + 2L;
    }
    if (bytes > MOST_ENVIRONMENT_BYTES) {
      throw AtollException.invalid(
          "%s: %d bytes of variables; at most %d are allowed",
          field, bytes, MOST_ENVIRONMENT_BYTES);
    }
  }

  /** Refuses a working directory that is not an absolute path. */
  public static void checkWorkdir(String workdir) {
    if (!workdir.startsWith("/")) {
      throw AtollException.invalid(
          "workdir '%s': must be an absolute path, such as /root", workdir);
    }
    if (workdir.indexOf('\0') >= 0) {
      throw AtollException.invalid("workdir holds a NUL byte: a path can't have one");
    }
    if (workdir.getBytes(StandardCharsets.UTF_8).length > MOST_PATH_BYTES) {
      throw AtollException.invalid(
          "workdir: longer than %d bytes, the longest path there is", MOST_PATH_BYTES);
    }
  }
}
