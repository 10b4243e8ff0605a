package dev.atoll.cli;

import dev.atoll.protocol.admin.BootstrapImageRequest;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.FileMode;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxFile;
import dev.atoll.server.AtollServer;
import dev.atoll.server.DisposableFolder;
import dev.atoll.server.ServerConfig;
import dev.atoll.server.ServerConfig.PoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = {
      "Shows on this machine that everything works: starts a server, makes an image of Debian "
          + "packages, runs Python in a sandbox, says what happened, and leaves nothing running. "
          + "Needs root.",
      "The first run builds Atoll and makes the image, which takes minutes; later ones take seconds."
    })
final class QuickstartCommand implements Callable<Integer> {
  private static final String PRESET = "python:3.13";
  private static final String SCRIPT = "/root/hello.py";
  private static final String PROGRAM =
      """
      import os, platform

      print(f"Hello from Python {platform.python_version()}.")
      print(f"I am user {os.getuid()} on host {platform.node()}.")
      print(f"My kernel says: {open('/proc/version').read().strip()}")
      print(f"I see {sum(name.isdigit() for name in os.listdir('/proc'))} processes.")
      """;

  private final Surroundings surroundings;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The folder for the server. Default: quickstart in $XDG_CACHE_HOME/atoll, else in "
              + "~/.cache/atoll, which is emptied when another build of Atoll made it.")
  private @Nullable Path dataDir;

  QuickstartCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    // Before anything logs: this command tells what happens in its own words.
    System.setProperty("atoll.log.level", "WARN");
    ServerConfig defaults = ServerConfig.defaults(folder(), 0);
    ServerConfig config =
        defaults.withPool(new PoolSettings(1, defaults.pool().memoryReserveBytes()));
    StepTimes times = new StepTimes();
    String output;
    String versions;
    try (Progress progress = new Progress(surroundings.err())) {
      progress.step("Starting a server on " + config.dataDirectory());
      if (dataDir == null) {
        // Its own folder, in the cache: nobody misses what an older build left there.
        DisposableFolder.prepare(config.dataDirectory());
      }
      try (AtollServer server = times.of("start a server", () -> AtollServer.start(config))) {
        Thread stop = new Thread(server::close, "atoll-quickstart-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        ServerAccess access = new DataFolder(config.dataDirectory()).access(Optional.empty());
        versions = makeImage(access, progress, times);
        progress.step("Running Python in a sandbox");
        output = runPython(access, times);
        progress.step("Stopping the server");
        times.of(
            "stop the server",
            () -> {
              server.close();
              return 0;
            });
        Runtime.getRuntime().removeShutdownHook(stop);
      }
    }
    tell(output, versions, times);
    return 0;
  }

  private Path folder() {
    return Optional.ofNullable(dataDir)
        .orElseGet(() -> cache().resolve("quickstart"))
        .toAbsolutePath();
  }

  private Path cache() {
    String cache = surroundings.environment().getOrDefault("XDG_CACHE_HOME", "");
    return cache.isEmpty()
        ? Path.of(surroundings.environment().getOrDefault("HOME", "/root"), ".cache", "atoll")
        : Path.of(cache, "atoll");
  }

  private static String makeImage(ServerAccess access, Progress progress, StepTimes times)
      throws IOException, InterruptedException {
    try (ServerConnection server = new ServerConnection(access)) {
      progress.step("Making the image " + PRESET + " of Debian packages, without a registry");
      BootstrapImageRequest request = BootstrapImageRequest.newBuilder().setPreset(PRESET).build();
      times.of(
          "make the image " + PRESET,
          () -> ImageProgressView.await(server.admin().bootstrapImage(request), progress));
      var about = server.admin().describe(com.google.protobuf.Empty.getDefaultInstance());
      return "tier " + about.getTier() + ", " + about.getRuntime();
    }
  }

  private static String runPython(ServerAccess access, StepTimes times)
      throws IOException, InterruptedException {
    try (Atoll atoll = access.client()) {
      App app = atoll.apps().fromName("quickstart", options -> options.createIfMissing(true));
      try (Sandbox sandbox =
          times.of(
              "create a sandbox",
              () -> atoll.sandboxes().create(app, atoll.images().fromRegistry(PRESET)))) {
        times.of("write " + SCRIPT + " in it", () -> write(sandbox));
        String output =
            times.of("run python " + SCRIPT, () -> sandbox.exec("python", SCRIPT).readText());
        times.of("end the sandbox", sandbox::terminateAndWait);
        return output;
      }
    }
  }

  private static int write(Sandbox sandbox) {
    try (SandboxFile file = sandbox.open(SCRIPT, FileMode.WRITE)) {
      file.write(PROGRAM);
    }
    return PROGRAM.length();
  }

  private void tell(String output, String versions, StepTimes times) {
    surroundings.out().print(output);
    surroundings.out().println();
    surroundings.out().println("What happened (" + versions + "):");
    for (StepTimes.Step step : times.steps()) {
      surroundings.out().printf("  %-34s %10s%n", step.what(), Format.duration(step.took()));
    }
    surroundings.out().println("The sandbox, its network and the server are gone.");
    List.of(
            "Next: './atoll serve' runs a server that stays; 'eval \"$(./atoll env)\"' in another",
            "shell lets clients find it. README.md has an example for each client.")
        .forEach(surroundings.out()::println);
  }
}
