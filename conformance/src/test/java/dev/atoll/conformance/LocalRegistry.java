package dev.atoll.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Debian's docker-registry on a loopback port, without TLS and open to all.
 *
 * @param address host and port
 */
record LocalRegistry(Process process, String address) implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  /** Starts it in an empty folder; it answers when this returns. */
  static LocalRegistry start(Path folder) throws IOException, InterruptedException {
    int port = freePort();
    Path config =
        Files.writeString(
            folder.resolve("registry.yml"),
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: "127.0.0.1:%d"}
            log: {level: error}
            """
                .formatted(folder.resolve("registry"), port));
    Process process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    LocalRegistry registry = new LocalRegistry(process, "127.0.0.1:" + port);
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
  String push(Path layout, String name) throws IOException, InterruptedException {
    Path digest = layout.resolveSibling("digest");
    TinyRoot.run(
        "skopeo",
        "copy",
        "-q",
        "--insecure-policy",
        "--dest-tls-verify=false",
        "--digestfile=" + digest,
        "oci:" + layout + ":latest",
        "docker://" + address + "/" + name);
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
