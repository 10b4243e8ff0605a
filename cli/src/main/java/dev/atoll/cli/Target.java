package dev.atoll.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which server a command is about. */
final class Target {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Talk to the server that runs on this data folder. Default: the server that MODAL_SERVER_URL, "
              + "MODAL_TOKEN_ID and MODAL_TOKEN_SECRET name; without them $ATOLL_DATA_DIR, else "
              + "/var/lib/atoll for root and ~/.local/share/atoll for others.")
  private @Nullable Path dataDir;

  /** The data folder that is meant; none when the environment names a server by its URL. */
  Optional<DataFolder> folder(Map<String, String> environment) {
    if (dataDir != null) {
      return Optional.of(new DataFolder(dataDir.toAbsolutePath()));
    }
    return environment.getOrDefault("MODAL_SERVER_URL", "").isEmpty()
        ? Optional.of(DataFolder.usual(environment))
        : Optional.empty();
  }

  /** Where the server is; an option is stronger than the environment. */
  ServerAccess resolve(Map<String, String> environment) {
    Optional<DataFolder> folder = folder(environment);
    if (folder.isPresent()) {
      return folder.get().access(Trust.of(environment));
    }
    String url = environment.getOrDefault("MODAL_SERVER_URL", "");
    String id = environment.getOrDefault("MODAL_TOKEN_ID", "");
    String secret = environment.getOrDefault("MODAL_TOKEN_SECRET", "");
    if (id.isEmpty() || secret.isEmpty()) {
      throw new CliException(
          "MODAL_SERVER_URL is set, but MODAL_TOKEN_ID or MODAL_TOKEN_SECRET is not: "
              + "'atoll env' on the server's machine prints all three");
    }
    return new ServerAccess(url, Optional.empty(), id, secret, Trust.of(environment));
  }
}
