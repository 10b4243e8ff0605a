package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program {@code docker-credential-NAME} of the PATH that keeps logins
 * (docker-credential-helpers, "Development": the command {@code get}).
 *
 * @param name its name without the beginning that all have
 */
record CredentialHelper(String name, Duration patience) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int MOST_BYTES = 64 << 10;
  private static final String NONE = "credentials not found";
  private static final String OF_TOKENS = "<token>";
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  CredentialHelper {
    if (!NAME.matcher(name).matches()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "Docker's configuration names a credential helper that can't be one: letters, digits, '.',"
              + " '_' and '-' make up a name");
    }
  }

  CredentialHelper(@Nullable String name) {
    this(name == null ? "" : name, Duration.ofSeconds(30));
  }

  private record Answer(
      @com.fasterxml.jackson.annotation.JsonProperty("Username") @Nullable String username,
      @com.fasterxml.jackson.annotation.JsonProperty("Secret") @Nullable String secret) {}

  /**
   * What it keeps for a server; empty when it has nothing. What it prints is in no message.
   *
   * @param server as the helper knows it
   */
  Optional<Credentials> get(String server) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("docker-credential-" + name, "get")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw failed("can't be started: is docker-credential-" + name + " on the PATH?", e);
    }
    FutureTask<byte[]> output = new FutureTask<>(() -> converse(process, server));
    Thread.ofPlatform().daemon().name("credential-helper").start(output);
    try {
      byte[] bytes = output.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed("did not end within " + patience.toSeconds() + " s", null);
      }
      return read(process.exitValue(), bytes, server);
    } catch (TimeoutException e) {
      throw failed("did not answer within " + patience.toSeconds() + " s", null);
    } catch (ExecutionException e) {
      throw failed("can't be talked to", e.getCause());
    } finally {
      // A child of its own may hold the pipe open.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static byte[] converse(Process process, String server) throws IOException {
    try (OutputStream input = process.getOutputStream()) {
      input.write((server + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It may know its answer before it has read the question.
    }
    try (InputStream output = process.getInputStream()) {
      return output.readNBytes(MOST_BYTES + 1);
    }
  }

  private Optional<Credentials> read(int status, byte[] bytes, String server) {
    if (bytes.length > MOST_BYTES) {
      throw failed("printed more than " + MOST_BYTES + " bytes", null);
    }
    if (status != 0) {
      if (new String(bytes, StandardCharsets.UTF_8).contains(NONE)) {
        return Optional.empty();
      }
      throw failed("failed for " + server + " with the status " + status, null);
    }
    Answer answer;
    try {
      answer = MAPPER.readValue(bytes, Answer.class);
    } catch (JacksonException e) {
      throw failed("printed no JSON for " + server, null); // Jackson would quote a secret.
    }
    if (answer == null || answer.username() == null || answer.secret() == null) {
      throw failed("printed no user name and secret for " + server, null);
    }
    if (answer.username().equals(OF_TOKENS)) {
      throw identityToken(server);
    }
    return answer.username().isEmpty()
        ? Optional.empty()
        : Optional.of(new Credentials(answer.username(), answer.secret()));
  }

  static AtollException identityToken(String server) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the login for %s is an identity token, which is not supported: log in with a user name and"
                .formatted(server)
            + " password or an access token");
  }

  private AtollException failed(String what, @Nullable Throwable cause) {
    String message = "the credential helper '" + name + "' " + what;
    return cause == null
        ? new AtollException(ErrorCode.FAILED_PRECONDITION, message)
        : new AtollException(ErrorCode.FAILED_PRECONDITION, message, cause);
  }
}
