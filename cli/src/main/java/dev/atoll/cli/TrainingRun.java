package dev.atoll.cli;

import dev.atoll.protocol.admin.ImportImageRequest;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.FileMode;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxFile;
import dev.atoll.sdk.SandboxProcess;
import dev.atoll.server.AtollServer;
import dev.atoll.server.ServerConfig;
import dev.atoll.server.ServerConfig.PoolSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The work that a server's AOT cache is recorded from (JEP 514 and 515): what the first minutes of
 * a server's life ask of it, so that the classes are loaded and the hot methods are known when the
 * next one starts. The launcher runs it once for each build.
 */
final class TrainingRun {
  private static final String TAG = "training:1";
  private static final int SANDBOXES = 8;
  // For each sandbox and kind: together enough for the compiler to see what is hot.
  private static final int EXECS = 25;

  private TrainingRun() {}

  /**
   * Starts a server, works with it, and stops it.
   *
   * @param arguments an empty folder, and a static busybox
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.setProperty("atoll.log.level", "WARN");
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    Path root = root(folder.resolve("root"), Path.of(arguments[1]));
    ServerConfig defaults = ServerConfig.defaults(folder.resolve("data"), 0);
    ServerConfig config =
        defaults.withPool(new PoolSettings(1, defaults.pool().memoryReserveBytes()));
    try (AtollServer server = AtollServer.start(config)) {
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "atoll-training-stop"));
      ServerAccess access = new DataFolder(config.dataDirectory()).access(Optional.empty());
      importImage(access, root);
      try (Atoll atoll = access.client()) {
        work(atoll);
      }
    }
  }

  private static Path root(Path root, Path busybox) throws IOException {
    Path programs = Files.createDirectories(root.resolve("bin"));
    Files.copy(busybox, programs.resolve("busybox"));
    for (String applet : List.of("cat", "echo", "seq", "true")) {
      Files.createSymbolicLink(programs.resolve(applet), Path.of("busybox"));
    }
    return root;
  }

  private static void importImage(ServerAccess access, Path root) {
    try (ServerConnection server = new ServerConnection(access)) {
      ImportImageRequest request =
          ImportImageRequest.newBuilder().setPath(root.toString()).setTag(TAG).build();
      server.admin().importImage(request).forEachRemaining(progress -> {});
    }
  }

  private static void work(Atoll atoll) throws IOException, InterruptedException {
    App app = atoll.apps().fromName("training", options -> options.createIfMissing(true));
    Image image = atoll.images().fromRegistry(TAG).build(app);
    for (int i = 0; i < SANDBOXES; i++) {
      try (Sandbox sandbox = atoll.sandboxes().create(app, image)) {
        work(sandbox);
        sandbox.terminateAndWait();
      }
    }
  }

  private static void work(Sandbox sandbox) throws IOException, InterruptedException {
    try (SandboxFile file = sandbox.open("/greeting", FileMode.WRITE)) {
      file.write("hello");
    }
    for (int i = 0; i < EXECS; i++) {
      sandbox.exec("true").waitFor();
      sandbox.exec("echo", "hello").readText();
    }
    SandboxProcess echo = sandbox.exec("cat");
    try (var stdin = echo.getOutputStream()) {
      stdin.write(sandbox.exec("seq", "100000").readText().getBytes(StandardCharsets.UTF_8));
    }
    echo.readText();
  }
}
