package dev.atoll.bench.soak;

import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import dev.atoll.sdk.Tunnel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Files that are written, and read in several ways. */
final class FileSteps {
  static final String FOLDER = "/data";
  private static final int MOST_FILES = 8;
  private static final Duration HTTP_LIMIT = Duration.ofSeconds(20);

  private FileSteps() {}

  /** A new one, or an older one again. */
  static void write(Session session) throws Violation, InterruptedException {
    Random random = session.random();
    String path = FOLDER + "/f" + random.nextInt(MOST_FILES);
    Content content = Content.random(random, random.nextInt(4) == 0 ? 3 << 20 : 64 << 10);
    session
        .client()
        .run(
            "file written",
            () -> {
              var _ = Files.write(session.sandbox().fileSystem().getPath(path), content.bytes());
            });
    session.files().put(path, content);
  }

  static void read(Session session) throws Violation, InterruptedException {
    if (session.files().isEmpty()) {
      write(session);
    }
    String path = any(session);
    byte[] found =
        session
            .client()
            .repeat(
                "file read",
                () -> Files.readAllBytes(session.sandbox().fileSystem().getPath(path)));
    Objects.requireNonNull(session.files().get(path)).mustBe(found, path + ", read");
  }

  static void digest(Session session) throws Violation, InterruptedException {
    digestsIn(session, session.sandbox(), FOLDER);
  }

  /** Fails unless a folder of a sandbox has exactly the session's files. */
  static void digestsIn(Session session, Sandbox sandbox, String folder)
      throws Violation, InterruptedException {
    StringBuilder expected = new StringBuilder();
    for (Map.Entry<String, Content> file : session.files().entrySet()) {
      String name = file.getKey().substring(FOLDER.length() + 1);
      expected.append(file.getValue().digest()).append("  ").append(name).append('\n');
    }
    String found =
        session
            .client()
            .repeat(
                "files digested",
                () -> {
                  SandboxProcess process =
                      sandbox.exec(
                          "sh", "-c", "cd " + folder + " && for f in *; do sha256sum $f; done");
                  byte[] output = process.getInputStream().readAllBytes();
                  process.waitFor();
                  return new String(output, StandardCharsets.US_ASCII);
                });
    if (!found.contentEquals(expected)) {
      throw new Violation(
          "files of %s in %s: found\n%sinstead of\n%s"
              .formatted(folder, sandbox.id(), found, expected));
    }
  }

  /** By HTTP, from the sandbox's own server, at an address that must not change. */
  static void tunnel(Session session) throws Violation, InterruptedException {
    if (!session.isWeb()) {
      return;
    }
    if (session.files().isEmpty()) {
      write(session);
    }
    String path = any(session);
    Tunnel tunnel =
        session.client().repeat("tunnels", () -> session.sandbox().tunnel(MainCommand.WEB_PORT));
    InetSocketAddress address = tunnel.unencrypted().orElseThrow();
    InetSocketAddress known = session.knownAddress(address);
    if (!known.equals(address)) {
      throw new Violation("its tunnel was at " + known + " and is at " + address);
    }
    URI uri =
        URI.create(
            "http://%s:%d%s"
                .formatted(
                    address.getHostString(), address.getPort(), path.substring(FOLDER.length())));
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(HTTP_LIMIT).build();
    HttpResponse<byte[]> response =
        session
            .client()
            .repeat(
                "file through the tunnel",
                () ->
                    session.world().http().send(request, HttpResponse.BodyHandlers.ofByteArray()));
    if (response.statusCode() != 200) {
      throw new Violation(uri + " answered " + response.statusCode());
    }
    Objects.requireNonNull(session.files().get(path)).mustBe(response.body(), path + ", by HTTP");
  }

  private static String any(Session session) {
    List<String> paths = new ArrayList<>(session.files().keySet());
    return paths.get(session.random().nextInt(paths.size()));
  }
}
