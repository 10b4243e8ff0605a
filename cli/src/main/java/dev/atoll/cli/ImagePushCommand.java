package dev.atoll.cli;

import dev.atoll.images.Credentials;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.registry.DockerLogins;
import dev.atoll.protocol.admin.ImageProgress;
import dev.atoll.protocol.admin.PushImageRequest;
import dev.atoll.protocol.worker.RegistryCredentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = {
      "Gives an image to a registry, and prints its name there with the digest. It is the server that "
          + "connects to the registry.",
      "Without --username, the login is taken from this user's Docker configuration ($DOCKER_CONFIG, "
          + "else ~/.docker) and the credential helpers that it names; without one there, it is "
          + "pushed anonymously."
    })
final class ImagePushCommand implements Callable<Integer> {
  private static final String PASSWORD = "ATOLL_REGISTRY_PASSWORD";
  private static final int MOST_PASSWORD_BYTES = 64 << 10;

  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(index = "0", paramLabel = "IMAGE", description = "A tag or an image's id.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "REFERENCE",
      description = "Where to, such as registry.example/team/app:1.")
  private String reference = "";

  @Option(
      names = {"-u", "--username"},
      paramLabel = "USER",
      description = "The registry's user; the password is in " + PASSWORD + ".")
  private @Nullable String username;

  @Option(
      names = "--password-stdin",
      description = "With --username: read the password from standard input.")
  private boolean passwordFromInput;

  ImagePushCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    RegistryReference to = RegistryReference.parse(reference);
    PushImageRequest.Builder request =
        PushImageRequest.newBuilder().setName(name).setReference(to.text());
    Optional<Credentials> credentials = credentials(to);
    credentials.ifPresent(
        pair ->
            request.setCredentials(
                RegistryCredentials.newBuilder()
                    .setUsername(pair.username())
                    .setPassword(pair.password())));
    try (ServerConnection server =
            new ServerConnection(target.resolve(surroundings.environment()));
        Progress progress = new Progress(surroundings.err())) {
      progress.step("Pushing " + name + " to " + to.text());
      String digest = await(server.admin().pushImage(request.build()), progress);
      surroundings.out().println(to.registry() + "/" + to.repository() + "@" + digest);
    }
    return 0;
  }

  private Optional<Credentials> credentials(RegistryReference to)
      throws IOException, InterruptedException {
    if (username == null) {
      if (passwordFromInput) {
        throw new CliException("--password-stdin needs --username USER");
      }
      return DockerLogins.usual(surroundings.environment()).find(to.registry(), to.repository());
    }
    String password =
        passwordFromInput
            ? new String(surroundings.in().readNBytes(MOST_PASSWORD_BYTES), StandardCharsets.UTF_8)
                .replaceFirst("\r?\n$", "")
            : surroundings.environment().getOrDefault(PASSWORD, "");
    if (password.isEmpty()) {
      throw new CliException(
          "--username needs a password: in " + PASSWORD + ", or with --password-stdin");
    }
    return Optional.of(new Credentials(username, password));
  }

  private static String await(Iterator<ImageProgress> events, Progress progress) {
    while (events.hasNext()) {
      ImageProgress event = events.next();
      switch (event.getEventCase()) {
        case STEP -> progress.step(event.getStep());
        case LOG -> progress.log(event.getLog());
        case PUSHED -> {
          return event.getPushed();
        }
        case IMAGE, EVENT_NOT_SET -> {} // something newer than this client
      }
    }
    throw new CliException("the server ended the call without a digest; its log says why");
  }
}
