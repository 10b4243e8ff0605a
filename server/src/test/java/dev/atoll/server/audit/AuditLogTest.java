package dev.atoll.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditLogTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long LIMIT = 64 << 10;

  @TempDir Path folder;

  @Test
  void theOldestFilesGoAndTheNewestLinesStay() throws IOException, InterruptedException {
    int last = 799;
    try (AuditLog log = AuditLog.open(folder, LIMIT)) {
      for (int i = 0; i <= last; i++) {
        log.add(entry("app-" + i));
        if (i % 25 == 24) {
          awaitLine("app-" + i); // What waits is written at once, and must fit a file.
        }
      }
    }
    long bytes = 0;
    for (Path file : files()) {
      bytes += Files.size(file);
    }
    assertThat(bytes).isBetween(LIMIT / 2, LIMIT);
    List<String> apps = lines().stream().map(line -> line.path("app_name").asString()).toList();
    assertThat(apps).hasSizeGreaterThan(200).contains("app-" + last).doesNotContain("app-0");
    int first = last + 1 - apps.size();
    assertThat(apps)
        .as("without a gap")
        .containsExactlyElementsOf(
            IntStream.rangeClosed(first, last).mapToObj(i -> "app-" + i).toList());
  }

  /** While its folder isn't there, a file that is full can't be replaced. */
  @Test
  void whatCouldNotBeWrittenIsCounted() throws IOException, InterruptedException {
    Path here = Files.createDirectory(folder.resolve("here"));
    Path away = folder.resolve("away");
    try (AuditLog log = AuditLog.open(here, LIMIT)) {
      Optional<JsonNode> lost = Optional.empty();
      for (int round = 0; lost.isEmpty() && round < 100; round++) {
        fill(log, here.resolve("audit.jsonl"), "before-" + round);
        Files.move(here, away);
        log.add(entry("lost" + "x".repeat(60)));
        TimeUnit.MILLISECONDS.sleep(50); // The writer may be late: then there is another round.
        Files.move(away, here);
        log.add(entry("after-" + round));
        awaitLine("after-" + round);
        lost = lines().stream().filter(line -> line.has("lost")).findFirst();
      }
      assertThat(lost.map(line -> line.path("lost").asInt())).hasValue(1);
    }
  }

  /** Adds lines until the next one of 60 more bytes needs another file. */
  private void fill(AuditLog log, Path current, String app)
      throws IOException, InterruptedException {
    long size = Files.size(current);
    long line = 0;
    for (int i = 0; size + line + 20 <= LIMIT / 8; i++) {
      log.add(entry(app + "-" + i));
      awaitLine(app + "-" + i);
      line = Files.size(current) - size;
      size += line;
    }
  }

  private void awaitLine(String app) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!isWritten(app)) {
      assertThat(System.nanoTime()).as("%s isn't written", app).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private boolean isWritten(String app) throws IOException {
    try {
      return lines().stream().anyMatch(line -> line.path("app_name").asString("").equals(app));
    } catch (NoSuchFileException | UncheckedIOException full) {
      return false; // It gets another name just now.
    }
  }

  /** Every line of every file, the oldest first. */
  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (Path file : files()) {
      String text = Files.readString(file);
      text.substring(0, text.lastIndexOf('\n') + 1).lines().map(JSON::readTree).forEach(lines::add);
    }
    return lines;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static AuditEntry entry(String app) {
    return new AuditEntry(
        Instant.now(), "ak-1", "192.0.2.7", "AppGetOrCreate", "OK", Map.of("app_name", app));
  }
}
