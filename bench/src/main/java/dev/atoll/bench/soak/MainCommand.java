package dev.atoll.bench.soak;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * A main process that counts, waits for a word on stdin, and does what it says; it exits when its
 * input has ended.
 *
 * @param first the number that it counts from
 * @param middle where it stops to wait
 * @param last where it ends, if the word is {@code exit}
 * @param exitCode what it exits with then
 */
record MainCommand(int first, int middle, int last, int exitCode) {
  /** Has its process id once it waits. */
  static final String PID_FILE = "/tmp/main";

  static final int WEB_PORT = 8080;

  static MainCommand random(Random random) {
    int first = random.nextInt(1_000_000);
    int middle = first + random.nextInt(20_000);
    return new MainCommand(first, middle, middle + random.nextInt(20_000), random.nextInt(120));
  }

  List<String> words() {
    String script =
        """
        httpd -p %d -h /data
        seq %d %d
        echo $$ > %s
        read word
        [ "$word" = exit ] || exec tail /dev/zero
        cat > /dev/null
        seq %d %d
        exit %d
        """
            .formatted(WEB_PORT, first, middle, PID_FILE, middle, last, exitCode);
    return List.of("sh", "-c", script);
  }

  /** What it has written when it waits. */
  byte[] beginning() {
    return sequence(first, middle);
  }

  /** What it has written at its end. */
  byte[] all() {
    return (text(first, middle) + text(middle, last)).getBytes(StandardCharsets.US_ASCII);
  }

  /** What {@code seq FIRST LAST} writes. */
  static byte[] sequence(int first, int last) {
    return text(first, last).getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(int first, int last) {
    StringBuilder lines = new StringBuilder();
    for (int number = first; number <= last; number++) {
      lines.append(number).append('\n');
    }
    return lines.toString();
  }
}
