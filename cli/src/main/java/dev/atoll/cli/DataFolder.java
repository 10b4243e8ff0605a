package dev.atoll.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The folder that a server keeps its things in, as far as a client may look: {@code server.pid}
 * (first line the process, second the URL, third the public one if there is one, while it runs) and
 * {@code credentials} (lines {@code token_id=} and {@code token_secret=}, readable by the owner).
 */
record DataFolder(Path path) {
  private static final String PID = "server.pid";
  private static final String CREDENTIALS = "credentials";

  /** The folder of {@code ATOLL_DATA_DIR}, else root's, else the user's. */
  static DataFolder usual(Map<String, String> environment) {
    String chosen = environment.getOrDefault("ATOLL_DATA_DIR", "");
    if (!chosen.isEmpty()) {
      return new DataFolder(Path.of(chosen).toAbsolutePath());
    }
    if ("root".equals(System.getProperty("user.name"))) {
      return new DataFolder(Path.of("/var/lib/atoll"));
    }
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    return new DataFolder(Path.of(home, ".local/share/atoll"));
  }

  /** The server that runs on this folder now. */
  Optional<RunningServer> runningServer() {
    return lines(PID)
        .filter(lines -> lines.size() >= 2)
        .flatMap(
            lines ->
                pid(lines.get(0))
                    .filter(DataFolder::isAlive)
                    .map(
                        pid ->
                            new RunningServer(
                                pid, lines.get(1).strip(), lines.stream().skip(2).findFirst())));
  }

  /** Where that server is and how to enter. */
  ServerAccess access(Optional<SSLContext> sslContext) {
    RunningServer server =
        runningServer()
            .orElseThrow(
                () ->
                    new CliException(
                        "no server runs on "
                            + path
                            + ": start one with 'atoll serve --data-dir "
                            + path
                            + "', or name one in MODAL_SERVER_URL, MODAL_TOKEN_ID and MODAL_TOKEN_SECRET"));
    List<String> lines =
        lines(CREDENTIALS)
            .orElseThrow(
                () ->
                    new CliException(
                        "there is no " + path.resolve(CREDENTIALS) + " to enter with"));
    return new ServerAccess(
        server.url(),
        server.publicUrl(),
        value(lines, "token_id"),
        value(lines, "token_secret"),
        sslContext);
  }

  private String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1).strip())
        .findFirst()
        .orElseThrow(
            () -> new CliException(path.resolve(CREDENTIALS) + " has no line '" + key + "=...'"));
  }

  private Optional<List<String>> lines(String name) {
    Path file = path.resolve(name);
    try {
      return Optional.of(Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new CliException("only the owner may read " + file + ": run this as that user", e);
    } catch (IOException e) {
      throw new CliException("can't read " + file + ": " + e.getMessage(), e);
    }
  }

  private static Optional<Long> pid(String line) {
    try {
      return Optional.of(Long.parseLong(line.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** A server's process, its URL on this host, and the one for others. */
  record RunningServer(long pid, String url, Optional<String> publicUrl) {}
}
