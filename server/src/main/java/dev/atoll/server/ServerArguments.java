package dev.atoll.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The flags of a server's command line.
 *
 * @param listen {@code --listen HOST:PORT}
 * @param publicUrl {@code --public-url URL}
 * @param dataDirectory {@code --data-dir DIR}
 * @param configFile {@code --config FILE}
 */
public record ServerArguments(
    Optional<String> listen,
    Optional<String> publicUrl,
    Optional<String> dataDirectory,
    Optional<Path> configFile) {

  /** The config that they mean, with the file's values and the defaults. */
  public ServerConfig toConfig(Map<String, String> environment) throws IOException {
    ConfigFile file = configFile.isPresent() ? ConfigFile.read(configFile.get()) : new ConfigFile();
    return file.toConfig(this, environment);
  }
}
