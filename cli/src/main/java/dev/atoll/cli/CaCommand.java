package dev.atoll.cli;

import dev.atoll.server.TunnelAuthority;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "ca",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the certificate that clients of encrypted tunnels have to trust, as PEM: 'atoll ca > ca.pem', "
          + "then NODE_EXTRA_CA_CERTS=ca.pem for Node, --cacert ca.pem for curl. It vouches for localhost, "
          + "127.0.0.1 and ::1 only."
    })
final class CaCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The data folder of the server. Default: $ATOLL_DATA_DIR, else /var/lib/atoll for root and "
              + "~/.local/share/atoll for others.")
  private @Nullable Path dataDir;

  CaCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Path folder =
        dataDir == null
            ? DataFolder.usual(surroundings.environment()).path()
            : dataDir.toAbsolutePath();
    surroundings.out().print(certificate(folder));
    return 0;
  }

  private static String certificate(Path folder) {
    try {
      return TunnelAuthority.certificate(folder);
    } catch (NoSuchFileException missing) {
      throw new CliException(
          "no server has run on "
              + folder
              + " yet: start one with 'atoll serve --data-dir "
              + folder
              + "'",
          missing);
    } catch (AccessDeniedException denied) {
      throw new CliException(
          "only the owner may read " + folder + ": run this as that user", denied);
    } catch (IOException failure) {
      throw new CliException(String.valueOf(failure.getMessage()), failure);
    }
  }
}
