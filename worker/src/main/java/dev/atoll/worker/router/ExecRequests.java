package dev.atoll.worker.router;

import dev.atoll.cells.ExecSpec;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.SecretSource;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecStderrConfig;
import dev.atoll.protocol.router.TaskExecStdoutConfig;
import dev.atoll.worker.TaskAccess;
import dev.atoll.worker.task.CommandRules;
import dev.atoll.worker.task.ExecRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns what a client sends into an exec's request, or says what is wrong with it. */
final class ExecRequests {
  /**
   * Clients count a time limit from the answer to the start, and official ones of 0.7.2 take output
   * that ends after it for an error: the kill must come early enough for its news to arrive.
   */
  private static final Duration ROOM_FOR_THE_ANSWER = Duration.ofMillis(50);

  private final dev.atoll.worker.SecretSource secrets;

  ExecRequests(dev.atoll.worker.SecretSource secrets) {
    this.secrets = secrets;
  }

  /** Checks everything, then asks for the secrets as who has that access. May block. */
  ExecRequest of(TaskExecStartRequest request, TaskAccess access) {
    if (!request.getContainerId().isEmpty()) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          "container_id '%s': this server runs no containers beside the main one"
              .formatted(request.getContainerId()));
    }
    CommandRules.checkProgram("command_args", request.getCommandArgsList());
    CommandRules.checkArguments("command_args", request.getCommandArgsList());
    CommandRules.checkEnvironment("env", request.getEnvMap());
    Optional<String> workdir =
        request.hasWorkdir() && !request.getWorkdir().isEmpty()
            ? Optional.of(request.getWorkdir())
            : Optional.empty();
    workdir.ifPresent(CommandRules::checkWorkdir);
    Map<String, String> environment = environment(request, access);
    CommandRules.checkEnvironment("secrets and env", environment);
    return new ExecRequest(
        request.getCommandArgsList(),
        environment,
        workdir,
        stdout(request.getStdoutConfig()),
        stderr(request.getStderrConfig()),
        request.hasPtyInfo() ? Optional.of(request.getPtyInfo()) : Optional.empty(),
        Optional.of(Integer.toUnsignedLong(request.getTimeoutSecs()))
            .filter(seconds -> seconds > 0)
            .map(seconds -> Duration.ofSeconds(seconds).minus(ROOM_FOR_THE_ANSWER)));
  }

  /** Later entries override earlier ones; the plain variables come last. */
  private Map<String, String> environment(TaskExecStartRequest request, TaskAccess access) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (request.getSecretSourcesCount() == 0) {
      if (request.getSecretIdsCount() > 0) {
        environment.putAll(secrets.resolve(access, List.copyOf(request.getSecretIdsList())));
      }
    } else {
      for (SecretSource source : request.getSecretSourcesList()) {
        if (source.hasSecretId()) {
          environment.putAll(secrets.resolve(access, List.of(source.getSecretId())));
        }
        environment.putAll(source.getEnv().getContentsMap());
      }
    }
    environment.putAll(request.getEnvMap());
    return environment;
  }

  private static boolean stdout(TaskExecStdoutConfig config) {
    return switch (config) {
      case TASK_EXEC_STDOUT_CONFIG_DEVNULL -> false;
      case TASK_EXEC_STDOUT_CONFIG_PIPE -> true;
      case UNRECOGNIZED ->
          throw AtollException.invalid("stdout_config: must be DEVNULL (0) or PIPE (1)");
    };
  }

  private static ExecSpec.Stderr stderr(TaskExecStderrConfig config) {
    return switch (config) {
      case TASK_EXEC_STDERR_CONFIG_DEVNULL -> ExecSpec.Stderr.DISCARD;
      case TASK_EXEC_STDERR_CONFIG_PIPE -> ExecSpec.Stderr.PIPE;
      case TASK_EXEC_STDERR_CONFIG_STDOUT -> ExecSpec.Stderr.INTO_STDOUT;
      case UNRECOGNIZED ->
          throw AtollException.invalid(
              "stderr_config: must be DEVNULL (0), PIPE (1) or STDOUT (2)");
    };
  }
}
