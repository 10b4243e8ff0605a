package dev.atoll.server;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The flags of a server's command line.
 *
 * @param listen {@code --listen HOST:PORT}
 * @param dataDirectory {@code --data-dir DIR}
 * @param configFile {@code --config FILE}
 */
public record ServerArguments(
    Optional<String> listen, Optional<String> dataDirectory, Optional<Path> configFile) {

  /** Reads flags, as {@code --flag value} or {@code --flag=value}. */
  static ServerArguments parse(List<String> arguments) {
    Optional<String> listen = Optional.empty();
    Optional<String> dataDirectory = Optional.empty();
    Optional<Path> configFile = Optional.empty();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String flag = equals < 0 ? argument : argument.substring(0, equals);
      if (!List.of("--listen", "--data-dir", "--config").contains(flag)) {
        throw AtollException.invalid(
            "unknown argument '%s'; the flags are --listen HOST:PORT, --data-dir DIR, --config FILE",
            argument);
      }
      if (equals < 0 && ++i == arguments.size()) {
        throw AtollException.invalid("%s needs a value", flag);
      }
      String value = equals < 0 ? arguments.get(i) : argument.substring(equals + 1);
      switch (flag) {
        case "--listen" -> listen = Optional.of(value);
        case "--data-dir" -> dataDirectory = Optional.of(value);
        default -> configFile = Optional.of(Path.of(value));
      }
    }
    return new ServerArguments(listen, dataDirectory, configFile);
  }

  /** The config that they mean, with the file's values and the defaults. */
  public ServerConfig toConfig(Map<String, String> environment) throws IOException {
    ConfigFile file = configFile.isPresent() ? ConfigFile.read(configFile.get()) : new ConfigFile();
    return file.toConfig(listen, dataDirectory, environment);
  }
}
