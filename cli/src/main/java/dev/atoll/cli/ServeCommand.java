package dev.atoll.cli;

import dev.atoll.server.ServerArguments;
import dev.atoll.server.ServerMain;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a server, control plane and worker in one process. Needs root.",
      "SIGINT (Ctrl-C) and 'atoll drain' end every sandbox, release everything and stop the server, within "
          + "10 seconds. SIGTERM stops the server only: its sandboxes run on, and the next server on the data "
          + "folder takes them back, as after a crash (docs/reliability.md).",
      "GET /healthz answers 200 while it takes work; 'atoll env' prints how clients find and enter it."
    })
final class ServeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description =
          "The address to listen on, such as 127.0.0.1:7070 (the default); port 0 takes a free one. "
              + "Another one than a loopback address needs a certificate in the configuration.")
  private @Nullable String listen;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "What clients are told as the address of running sandboxes, such as https://atoll.example.org. "
              + "Default: the address that they have dialled.")
  private @Nullable String publicUrl;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The folder that the server keeps everything in; one server has it at a time. Default: "
              + "$ATOLL_DATA_DIR, else /var/lib/atoll.")
  private @Nullable Path dataDir;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A configuration in YAML or JSON; docs/configuration.md has its keys.")
  private @Nullable Path config;

  ServeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Optional<String> folder =
        Optional.ofNullable(dataDir)
            .map(Path::toString)
            .or(() -> Optional.ofNullable(surroundings.environment().get("ATOLL_DATA_DIR")));
    ServerArguments arguments =
        new ServerArguments(
            Optional.ofNullable(listen),
            Optional.ofNullable(publicUrl),
            folder,
            Optional.ofNullable(config));
    return ServerMain.run(arguments, surroundings.err());
  }
}
