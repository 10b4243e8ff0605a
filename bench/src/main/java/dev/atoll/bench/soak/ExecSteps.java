package dev.atoll.bench.soak;

import dev.atoll.sdk.SandboxProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Execs with output and input that are known. */
final class ExecSteps {
  private static final int PIECE = 8 << 10;

  private ExecSteps() {}

  /** Much at once. */
  static void output(Session session) throws Violation, InterruptedException {
    count(session, 1, session.random().nextInt(60_000), 0);
  }

  /** For some seconds, so that a server may die meanwhile. */
  static void slowOutput(Session session) throws Violation, InterruptedException {
    Random random = session.random();
    count(session, 2 + random.nextInt(8), random.nextInt(5_000), 500);
  }

  private static void count(Session session, int times, int numbers, int pauseMillis)
      throws Violation, InterruptedException {
    int first = session.random().nextInt(1_000_000);
    int code = session.random().nextInt(120);
    String pause = pauseMillis == 0 ? "" : "sleep 0." + pauseMillis / 100 + "; ";
    String script =
        "for i in $(seq %d); do seq %d %d; echo $i >&2; %sdone; exit %d"
            .formatted(times, first, first + numbers, pause, code);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      expected.writeBytes(MainCommand.sequence(first, first + numbers));
    }
    session
        .client()
        .run(
            "exec",
            () -> {
              SandboxProcess process = session.sandbox().exec("sh", "-c", script);
              byte[] output = process.getInputStream().readAllBytes();
              byte[] errors = process.getErrorStream().readAllBytes();
              int exit = process.waitFor();
              Content.mustBe(expected.toByteArray(), output, "stdout of an exec: " + script);
              Content.mustBe(
                  MainCommand.sequence(1, times), errors, "stderr of an exec: " + script);
              mustExit(exit, code, script);
            });
  }

  /** What was written to stdin comes back from stdout; its digest is on stderr. */
  static void input(Session session) throws Violation, InterruptedException {
    Random random = session.random();
    Content content = Content.random(random, 200_000);
    boolean slow = random.nextBoolean();
    String script = "cat > /tmp/in; cat /tmp/in; sha256sum < /tmp/in >&2; rm /tmp/in";
    session
        .client()
        .run(
            "exec with input",
            () -> {
              SandboxProcess process = session.sandbox().exec("sh", "-c", script);
              write(process.getOutputStream(), content.bytes(), slow);
              byte[] output = process.getInputStream().readAllBytes();
              byte[] errors = process.getErrorStream().readAllBytes();
              mustExit(process.waitFor(), 0, script);
              content.mustBe(output, "stdin of an exec, as it was read");
              Content.mustBe(
                  (content.digest() + "  -\n").getBytes(StandardCharsets.US_ASCII),
                  errors,
                  "digest of an exec's stdin");
            });
  }

  private static void write(OutputStream stdin, byte[] bytes, boolean slow)
      throws IOException, InterruptedException {
    for (int start = 0; start < bytes.length; start += PIECE) {
      stdin.write(bytes, start, Math.min(PIECE, bytes.length - start));
      stdin.flush();
      if (slow) {
        Thread.sleep(50);
      }
    }
    stdin.close();
  }

  /** Runs a script that must succeed; its output. */
  static String shell(Session session, String script) throws Violation, InterruptedException {
    return session
        .client()
        .repeat(
            "exec",
            () -> {
              SandboxProcess process = session.sandbox().exec("sh", "-c", script);
              byte[] output = process.getInputStream().readAllBytes();
              mustExit(process.waitFor(), 0, script);
              return new String(output, StandardCharsets.US_ASCII);
            });
  }

  private static void mustExit(int exit, int expected, String script) throws Violation {
    if (exit != expected) {
      throw new Violation("an exec ended with %d, not %d: %s".formatted(exit, expected, script));
    }
  }
}
