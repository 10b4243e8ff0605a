package dev.atoll.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Debian's docker-registry on a loopback port, without TLS.
 *
 * @param address host and port
 * @param login what skopeo needs to push to it; empty when it is open to all
 */
record LocalRegistry(Process process, String address, List<String> login) implements AutoCloseable {
  static final String USER = "u";
  static final String PASSWORD = "right-password";

  /** Whom Google's registries know by a key instead of a password. */
  private static final String GOOGLE_USER = "_json_key";

  /** Its bcrypt hash, as htpasswd(1) writes it. */
  private static final String HASH = "$2b$05$aaaaaaaaaaaaaaaaaaaaaO9MWLFRDQhZPeZjPfI4BKbwBKSsoydFW";

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  /** Starts one that is open to all, in an empty folder; it answers when this returns. */
  static LocalRegistry start(Path folder) throws IOException, InterruptedException {
    return start(folder, "", List.of());
  }

  /** Starts one that asks for {@link #PASSWORD}; as {@link #start} otherwise. */
  static LocalRegistry startWithLogin(Path folder) throws IOException, InterruptedException {
    Path users = folder.resolve("htpasswd");
    Files.writeString(users, "%s:%s\n%s:%s\n".formatted(USER, HASH, GOOGLE_USER, HASH));
    return start(
        folder,
        "auth: {htpasswd: {realm: test, path: %s}}\n".formatted(users),
        List.of("--dest-creds=" + USER + ":" + PASSWORD));
  }

  private static LocalRegistry start(Path folder, String auth, List<String> login)
      throws IOException, InterruptedException {
    int port = freePort();
    Path config =
        Files.writeString(
            folder.resolve("registry.yml"),
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: "127.0.0.1:%d"}
            log: {level: error}
            %s"""
                .formatted(folder.resolve("registry"), port, auth));
    Process process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    LocalRegistry registry = new LocalRegistry(process, "127.0.0.1:" + port, login);
    Instant deadline = Instant.now().plus(START_LIMIT);
    while (!answers(port)) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        registry.close();
        throw new IOException(Files.readString(folder.resolve("registry.log")));
      }
      Thread.sleep(20);
    }
    return registry;
  }

  /** Pushes the image of an OCI layout; its digest there, {@code sha256:...}. */
  String push(Path layout, String name, String... options)
      throws IOException, InterruptedException {
    Path digest = layout.resolveSibling("digest");
    List<String> command = new ArrayList<>(List.of("skopeo", "copy", "-q", "--insecure-policy"));
    command.addAll(List.of("--dest-tls-verify=false", "--digestfile=" + digest));
    command.addAll(login);
    command.addAll(List.of(options));
    command.addAll(List.of("oci:" + layout + ":latest", "docker://" + address + "/" + name));
    TinyRoot.run(command.toArray(String[]::new));
    return Files.readString(digest).strip();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** A port of the loopback address that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
