package dev.atoll.doctor.attack;

import dev.atoll.sdk.FileMode;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxFile;
import dev.atoll.sdk.SandboxProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A sandbox with the program in it. */
record Box(Sandbox sandbox) {
  private static final String PROGRAM = "/tmp/attack";
  private static final Duration LIMIT = Duration.ofSeconds(25);

  /** Exit codes of processes that a signal has ended are greater. */
  private static final int BY_SIGNAL = 128;

  /** Writes the program into a sandbox. */
  static Box of(Sandbox sandbox) throws IOException, InterruptedException {
    try (SandboxFile file = sandbox.open(PROGRAM, FileMode.WRITE)) {
      file.write(AttackProgram.bytes());
    }
    Box box = new Box(sandbox);
    box.shell("chmod 755 " + PROGRAM);
    return box;
  }

  /** Starts a probe in a scratch folder of its own. */
  SandboxProcess start(List<String> words) {
    String name = String.join("-", words).replaceAll("[^A-Za-z0-9.-]", "_");
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                "mkdir -p \"/tmp/scratch/$0\"; cd \"/tmp/scratch/$0\"; exec " + PROGRAM + " \"$@\"",
                name));
    command.addAll(words);
    return sandbox.exec(command, options -> options.timeout(LIMIT));
  }

  /**
   * Runs a probe to its end.
   *
   * @throws IOException if it comes to no outcome, which proves nothing
   */
  Outcome attack(List<String> words) throws IOException, InterruptedException {
    SandboxProcess process = start(words);
    String output = process.readText();
    int code = process.waitFor();
    return Outcome.parse(output)
        .orElseThrow(() -> new IOException(words + " said nothing and ended with " + code));
  }

  /**
   * Runs a bomb, which may be killed before it can say anything.
   *
   * @throws IOException if it was not, and said nothing, which proves nothing
   */
  Outcome explode(List<String> words) throws IOException, InterruptedException {
    SandboxProcess process = start(words);
    String output = process.readText();
    int code = process.waitFor();
    Optional<Outcome> outcome = Outcome.parse(output);
    if (outcome.isEmpty() && code <= BY_SIGNAL) {
      throw new IOException(words + " said nothing and ended with " + code);
    }
    return outcome.orElseGet(() -> Outcome.refused("the bomb was ended (exit code " + code + ")"));
  }

  Outcome attack(String... words) throws IOException, InterruptedException {
    return attack(List.of(words));
  }

  /** Runs a shell script; its output. */
  String shell(String script) throws IOException, InterruptedException {
    SandboxProcess process =
        sandbox.exec(
            List.of("/bin/sh", "-c", script), options -> options.timeout(LIMIT).mergeStderr(true));
    String output = process.readText();
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException("'" + script + "' ended with " + code + ": " + output.strip());
    }
    return output.strip();
  }
}
