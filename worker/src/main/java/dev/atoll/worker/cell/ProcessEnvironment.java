package dev.atoll.worker.cell;

import dev.atoll.images.Image;
import dev.atoll.protocol.modal.PTYInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The complete environment of a process, built in layers: each {@code put} overrides what was there
 * before. Not thread-safe.
 */
public final class ProcessEnvironment {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Map<String, String> variables = new LinkedHashMap<>();

  private ProcessEnvironment() {}

  /** A default PATH, what leads to the extra CA certificates, the user's home, the image's ENV. */
  public static ProcessEnvironment of(Image image, Map<String, String> trustEnvironment) {
    ProcessEnvironment environment = new ProcessEnvironment();
    environment.put("PATH", DEFAULT_PATH);
    environment.putAll(trustEnvironment);
    environment.put("HOME", image.user().home());
    environment.put("USER", image.user().name());
    for (String entry : image.config().environment()) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        environment.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return environment;
  }

  /** Sets one variable. */
  public ProcessEnvironment put(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** Sets several variables. */
  public ProcessEnvironment putAll(Map<String, String> more) {
    variables.putAll(more);
    return this;
  }

  /** Sets what a terminal's programs ask for. */
  public ProcessEnvironment terminal(PTYInfo terminal) {
    put("TERM", terminal.getEnvTerm().isEmpty() ? "xterm-256color" : terminal.getEnvTerm());
    if (!terminal.getEnvColorterm().isEmpty()) {
      put("COLORTERM", terminal.getEnvColorterm());
    }
    if (!terminal.getEnvTermProgram().isEmpty()) {
      put("TERM_PROGRAM", terminal.getEnvTermProgram());
    }
    return this;
  }

  /** A copy to build upon. */
  public ProcessEnvironment copy() {
    return new ProcessEnvironment().putAll(variables);
  }

  /** {@code NAME=value} entries. */
  public List<String> entries() {
    return variables.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }
}
