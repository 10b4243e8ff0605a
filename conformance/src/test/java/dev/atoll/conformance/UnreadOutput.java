package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.modal.FileDescriptor;
import dev.atoll.protocol.modal.SandboxGetLogsRequest;
import dev.atoll.protocol.modal.TaskLogs;
import dev.atoll.protocol.modal.TaskLogsBatch;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** More output than a server keeps: six times as much as its {@code spoolLimit}. */
final class UnreadOutput {
  /** For a server's configuration. */
  static final String SETTING = "spoolLimit: 1MiB\n";

  private static final long LIMIT = 1 << 20;
  private static final String NUMBERS =
      IntStream.rangeClosed(1, 1_000_000)
          .mapToObj(number -> number + "\n")
          .collect(Collectors.joining());
  private static final Pattern DROPPED =
      Pattern.compile("\\[(\\d+) bytes of output were dropped\\]\n(.*)", Pattern.DOTALL);

  private final Atoll client;
  private final Wire wire;
  private final App app;

  UnreadOutput(Atoll client, Wire wire, App app) {
    this.client = client;
    this.wire = wire;
    this.app = app;
  }

  /** A main process that nobody reads ends all the same, and whoever comes then is told. */
  void isCutAndTold() throws IOException {
    try (Sandbox box = run("seq 1000000; echo last >&2")) {
      assertThat(box.waitFor(Duration.ofSeconds(60))).hasValue(0);
      for (long from : new long[] {0, 1000, 7 * LIMIT / 2}) {
        Matcher told = DROPPED.matcher(read(box, from));
        assertThat(told.matches()).as("from %d", from).isTrue();
        long dropped = Long.parseLong(told.group(1));
        assertThat(told.group(2).length()).isBetween((int) LIMIT * 15 / 16, (int) LIMIT);
        assertThat(NUMBERS.substring((int) (from + dropped)).equals(told.group(2)))
            .as("%d bytes are told from %d on", dropped, from)
            .isTrue();
      }
      assertThat(read(box, NUMBERS.length() - 8)).isEqualTo("1000000\n");
      assertThat(new String(box.stdout().readNBytes(100), StandardCharsets.UTF_8))
          .startsWith("[")
          .contains(" bytes of output were dropped]\n");
      assertThat(box.stderr().readAllBytes()).asString().isEqualTo("last\n");
    }
  }

  /** Who reads while it is written gets every byte. */
  void isWholeForAReaderThatKeepsUp() throws IOException {
    try (Sandbox box = run("echo reading; read go; seq 1000000");
        InputStream output = box.stdout();
        OutputStream input = box.stdin()) {
      assertThat(output.readNBytes("reading\n".length())).asString().isEqualTo("reading\n");
      input.write('\n');
      input.flush();
      areAllNumbers(new String(output.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** An exec waits for its reader instead. */
  void holdsAnExecUp() throws IOException, InterruptedException {
    try (Sandbox box = run("sleep 600")) {
      SandboxProcess process = box.exec("seq", "1000000");
      assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
      areAllNumbers(process.readText());
      assertThat(process.waitFor()).isZero();
    }
  }

  /** Megabytes are no help in a failure's text. */
  private static void areAllNumbers(String text) {
    assertThat(text.length()).isEqualTo(NUMBERS.length());
    assertThat(text.equals(NUMBERS)).isTrue();
  }

  private Sandbox run(String script) {
    return client
        .sandboxes()
        .create(
            app, client.images().fromRegistry("tiny:1"), box -> box.command("sh", "-c", script));
  }

  /** As official clients read: from an entry on, {@code 0-0} at first. */
  private String read(Sandbox box, long from) {
    Iterator<TaskLogsBatch> batches =
        wire.control()
            .sandboxGetLogs(
                SandboxGetLogsRequest.newBuilder()
                    .setSandboxId(box.id())
                    .setFileDescriptor(FileDescriptor.FILE_DESCRIPTOR_STDOUT)
                    .setTimeout(55)
                    .setLastEntryId(from + "-0")
                    .build());
    StringBuilder text = new StringBuilder();
    while (batches.hasNext()) {
      batches.next().getItemsList().stream().map(TaskLogs::getData).forEach(text::append);
    }
    return text.toString();
  }
}
