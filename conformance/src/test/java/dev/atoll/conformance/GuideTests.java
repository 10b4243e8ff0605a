package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.AccessException;
import dev.atoll.sdk.AlreadyExistsException;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.BuildFailedException;
import dev.atoll.sdk.CallInterruptedException;
import dev.atoll.sdk.CallTimeoutException;
import dev.atoll.sdk.ClientClosedException;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.FileMode;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.InvalidArgumentException;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.ReadinessProbe;
import dev.atoll.sdk.ResourceExhaustedException;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxFilesystemException;
import dev.atoll.sdk.SandboxProcess;
import dev.atoll.sdk.Secret;
import dev.atoll.sdk.ServerException;
import dev.atoll.sdk.Tunnel;
import dev.atoll.sdk.UnavailableException;
import dev.atoll.sdk.UnimplementedException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * The examples of docs/java.md, word for word ({@code DocumentsTest} compares them), and what they
 * are meant to do.
 */
abstract class GuideTests extends OptionTests {
  private boolean pythonIsThere;

  GuideTests(String tier) {
    super(tier);
  }

  /** The image that the examples name; the first call makes it. */
  private Image python() throws IOException, InterruptedException {
    if (!pythonIsThere) {
      AtollProcess.run("image", "bootstrap", "python:3.13", "--data-dir", server.dataFolder());
      pythonIsThere = true;
    }
    return client.images().fromRegistry("python:3.13");
  }

  @Test
  void theExampleInstallsPackagesAndRuns() throws IOException, InterruptedException {
    var _ = python();
    PythonExample.run(server.clientEnvironment());
  }

  @Test
  void theGuidesSandboxHasItsOptions() throws IOException {
    Atoll atoll = client;
    App app = atoll.apps().fromName("guide", options -> options.createIfMissing(true));
    Image image = tiny;
    Secret token = atoll.secrets().fromMap(Map.of("API_TOKEN", "s3cret"));
    try (Sandbox sandbox =
        atoll
            .sandboxes()
            .create(
                app,
                image,
                options ->
                    options
                        .command("sh", "-c", "echo started; cat")
                        .workdir("/srv")
                        .environment("STAGE", "test")
                        .secret(token)
                        .cpuLimit(2)
                        .memoryMiB(512)
                        .timeout(Duration.ofMinutes(10))
                        .idleTimeout(Duration.ofMinutes(2))
                        .name("worker-1")
                        .tag("team", "search"))) {
      BufferedReader output = sandbox.stdoutReader();
      System.out.println(output.readLine());
      try (BufferedWriter input = sandbox.stdinWriter()) {
        input.write("given to cat\n");
      }
      System.out.println(output.readLine());
      int exitCode = sandbox.waitFor();
      assertThat(exitCode).isZero();
    }
    try (Sandbox second =
        atoll
            .sandboxes()
            .create(app, image, options -> options.name("worker-2").tag("team", "search"))) {
      Sandbox found = atoll.sandboxes().fromName("guide", "worker-2");
      List<String> ids =
          atoll.sandboxes().list(only -> only.tag("team", "search")).map(Sandbox::id).toList();
      assertThat(found.id()).isEqualTo(second.id());
      assertThat(ids).containsExactly(second.id());
    }
  }

  @Test
  void theGuidesProcessAnswers() throws IOException, InterruptedException, ExecutionException {
    try (Sandbox sandbox = client.sandboxes().create(app, python())) {
      SandboxProcess process =
          sandbox.exec(
              List.of("python", "-c", "import sys; print(sys.stdin.readline().upper(), end='')"),
              exec -> exec.environment("PYTHONUNBUFFERED", "1").timeout(Duration.ofSeconds(30)));
      try (BufferedWriter input = process.outputWriter()) {
        input.write("hello\n");
      }
      String answer = process.inputReader().readLine();
      boolean ended = process.waitFor(10, TimeUnit.SECONDS);
      int status = process.exitValue();
      assertThat(answer).isEqualTo("HELLO");
      assertThat(ended).isTrue();
      assertThat(status).isZero();
      assertThat(catchThrowableOfType(UnsupportedOperationException.class, process::toHandle))
          .hasMessageContaining("no handle");
      assertThat(catchThrowableOfType(UnsupportedOperationException.class, process::pid))
          .isNotNull();

      CompletableFuture<Integer> later =
          sandbox.exec("sh", "-c", "sleep 0.1; exit 3").onExit().thenApply(Process::exitValue);
      assertThat(later.get()).isEqualTo(3);
    }
  }

  @Test
  void theGuidesFilesAreThere() throws IOException, InterruptedException {
    Path local = Files.write(server.folder().resolve("data.bin"), new byte[] {1, 2, 3});
    FileSystem files = sandbox.fileSystem();
    Path project = Files.createDirectories(files.getPath("/srv/project"));
    Files.writeString(project.resolve("main.py"), "print('hello')\n");
    Files.copy(local, project.resolve("data.bin"));
    try (Stream<Path> all = Files.walk(project)) {
      all.filter(Files::isRegularFile).forEach(System.out::println);
    }
    Files.move(project.resolve("main.py"), project.resolve("app.py"));
    List<String> lines = Files.readAllLines(project.resolve("app.py"));
    assertThat(lines).containsExactly("print('hello')");
    assertThat(Files.readAllBytes(project.resolve("data.bin"))).containsExactly(1, 2, 3);

    try (WatchService watcher = files.newWatchService()) {
      project.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
      Files.writeString(project.resolve("new.txt"), "new");
      WatchKey key = watcher.take();
      key.pollEvents().forEach(event -> System.out.println(event.context()));
      assertThat(key.watchable()).isEqualTo(project);
    }
  }

  @Test
  void theGuidesImageIsBuilt() {
    Image image = tiny;
    Image built =
        image.dockerfileCommands(
            List.of("RUN test -n \"$INDEX_TOKEN\" && echo built > /srv/built", "WORKDIR /srv"),
            layer -> layer.environment("INDEX_TOKEN", "only while it is built"));
    built.build(app, System.out::print);
    try (Sandbox box = client.sandboxes().create(app, built)) {
      assertThat(box.exec("sh", "-c", "cat built; echo $INDEX_TOKEN").readText())
          .isEqualTo("built\n\n");
    }
  }

  @Test
  void theGuidesWebServerIsReached()
      throws IOException, InterruptedException, GeneralSecurityException {
    Atoll atoll = client;
    Image image = python();
    try (TunnelClient outside = TunnelClient.trusting(server.trusted())) {
      HttpClient http = outside.http();
      try (Sandbox web =
          atoll
              .sandboxes()
              .create(
                  app,
                  image,
                  options ->
                      options
                          .command("python", "-m", "http.server", "8000", "--directory", "/etc")
                          .encryptedPorts(8000)
                          .readinessProbe(ReadinessProbe.tcp(8000)))) {
        web.waitUntilReady(Duration.ofSeconds(30));
        URI url = web.tunnel(8000).url().resolve("/hostname");
        HttpResponse<String> answer =
            http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).isEqualTo(web.exec("hostname").readText());
        assertThat(catchThrowableOfType(InvalidArgumentException.class, () -> web.tunnel(8001)))
            .hasMessageContaining("8001");
      }
    }
  }

  /** The second example of the API's reference, and an app for it to serve. */
  @Test
  void theReferencesWebServerIsReached()
      throws IOException, InterruptedException, GeneralSecurityException {
    String program =
        "from fastapi import FastAPI\\napp = FastAPI()\\n@app.get(\"/\")\\n"
            + "def root(): return {\"hello\": \"world\"}\\n";
    Image image =
        python()
            .dockerfileCommands(
                "RUN pip install fastapi uvicorn", "RUN printf '" + program + "' > main.py");
    try {
      image.build(app);
    } catch (BuildFailedException e) {
      PythonExample.abortIfUnreachable(e.logEnd());
      throw e;
    }
    try (Sandbox sandbox =
            client
                .sandboxes()
                .create(
                    app,
                    image,
                    options ->
                        options
                            .encryptedPorts(8000)
                            .command(
                                "uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"));
        TunnelClient outside = TunnelClient.trusting(server.trusted())) {
      Tunnel tunnel = Objects.requireNonNull(sandbox.tunnels().get(8000));
      assertThat(outside.get(tunnel.url())).isEqualTo("{\"hello\":\"world\"}");
    }
  }

  @Test
  void theGuidesManyAreAllAnswered() throws InterruptedException, ExecutionException {
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> results = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String number = Integer.toString(i);
        results.add(tasks.submit(() -> sandbox.exec("echo", number).readText()));
      }
      for (Future<String> result : results) {
        System.out.print(result.get());
      }
      assertThat(results.getLast().get()).isEqualTo("9\n");
    }
  }

  String advice(AtollException failure) {
    return switch (failure) {
      case NotFoundException e -> "it is gone: " + e.getMessage();
      case AlreadyExistsException _ -> "choose another name";
      case InvalidArgumentException e -> "correct the request: " + e.getMessage();
      case BuildFailedException e -> "look at the log's end: " + e.logEnd();
      case ResourceExhaustedException _ -> "free something, then try again";
      case UnavailableException _ -> "is the server running?";
      case CallTimeoutException _ -> "it takes longer than the time that was given";
      case SandboxFilesystemException e -> "errno " + e.errno();
      case ClientClosedException _ -> "get another handle";
      case AccessException _ -> "check the tokens";
      case FailedPreconditionException e -> "not in this state: " + e.getMessage();
      case CallInterruptedException _ -> "interrupted";
      case UnimplementedException _ -> "not with this server";
      case ServerException _ -> "a defect of the server";
    };
  }

  /** All but a defect of the server, which the SDK's own tests have. */
  @Test
  void eachKindOfFailureIsMet() throws IOException {
    Image broken = tiny.dockerfileCommands("RUN echo the end of the log; exit 4");
    Sandbox ended = client.sandboxes().create(app, tiny);
    ended.terminateAndWait();
    try (Sandbox box =
            client
                .sandboxes()
                .create(
                    app,
                    tiny,
                    options ->
                        options.name("failing").readinessProbe(ReadinessProbe.exec("false")));
        Atoll closed = server.client();
        Atoll stranger = server.client(settings -> settings.token("ak-nobody", "as-none"));
        Atoll lost = server.client(settings -> settings.serverUrl("http://127.0.0.1:1"))) {
      closed.close();
      Map<Class<? extends AtollException>, ThrowingCallable> ways = new HashMap<>();
      ways.put(NotFoundException.class, () -> client.apps().fromName("none"));
      ways.put(
          AlreadyExistsException.class,
          () -> client.sandboxes().create(app, tiny, options -> options.name("failing")));
      ways.put(InvalidArgumentException.class, () -> box.exec("no-such-program"));
      ways.put(BuildFailedException.class, () -> broken.build(app));
      ways.put(ResourceExhaustedException.class, () -> mountMany(box));
      ways.put(UnavailableException.class, () -> lost.apps().fromName("x"));
      ways.put(CallTimeoutException.class, () -> box.waitUntilReady(Duration.ofMillis(10)));
      ways.put(SandboxFilesystemException.class, () -> box.open("/none/file", FileMode.READ));
      ways.put(ClientClosedException.class, () -> closed.apps().fromName("x"));
      ways.put(AccessException.class, () -> stranger.apps().fromName("x"));
      ways.put(FailedPreconditionException.class, () -> ended.exec("true"));
      ways.put(CallInterruptedException.class, () -> interrupted(box::waitFor));
      ways.put(
          UnimplementedException.class,
          () -> client.images().fromAwsEcr("registry.invalid/x:1", new Secret("st-1")).build(app));
      ways.forEach(
          (kind, way) -> {
            AtollException failure = catchThrowableOfType(kind, way);
            assertThat(failure).as(kind.getSimpleName()).isNotNull();
            assertThat(failure.getMessage()).isNotBlank();
            assertThat(advice(failure)).isNotBlank();
          });
      assertThat(ways).hasSize(AtollException.class.getPermittedSubclasses().length - 1);
    }
  }

  private static void mountMany(Sandbox box) {
    for (int i = 0; i <= 32; i++) {
      box.mountEmptyDirectory("/mnt/" + i);
    }
  }

  private static void interrupted(Runnable waiting) {
    Thread.currentThread().interrupt();
    try {
      waiting.run();
    } finally {
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
  }
}
