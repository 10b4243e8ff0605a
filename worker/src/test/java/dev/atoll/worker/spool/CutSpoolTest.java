package dev.atoll.worker.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spools whose writers are not held up for nobody. */
@Timeout(60)
class CutSpoolTest {
  private static final int LIMIT = 64 << 10;
  private static final int SEGMENT = 4 << 10;
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir Path temp;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final byte[] content = new byte[4 * LIMIT];
  private final Semaphore grown = new Semaphore(0);

  CutSpoolTest() {
    new Random(3).nextBytes(content);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private Spool spool(Duration patience) {
    return new SpoolFolder(temp.resolve("spools"), LIMIT)
        .cutAfter(patience)
        .spool("out", grown::release);
  }

  private void append(Spool spool, int from, int to) {
    spool.append(ByteBuffer.wrap(content, from, to - from));
  }

  private void awaitKept(Spool spool, long bytes) throws InterruptedException {
    while (spool.kept() < bytes) {
      assertThat(grown.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(spool.kept()).isEqualTo(bytes);
  }

  private static byte[] rest(SpoolReader reader) throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Optional<byte[]> next = reader.next(1000);
    while (next.isPresent()) {
      all.write(next.get());
      next = reader.next(1000);
    }
    return all.toByteArray();
  }

  @Test
  void cutsTheOldestWhileNobodyReads() throws Exception {
    Spool spool = spool(LONG);
    append(spool, 0, content.length);
    assertThat(spool.kept()).isEqualTo(content.length);
    spool.end();
    try (Stream<Path> files = Files.list(temp.resolve("spools"))) {
      assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isEqualTo(LIMIT);
    }
    try (SpoolReader reader = spool.open(0)) {
      assertThat(rest(reader)).isEqualTo(Arrays.copyOfRange(content, 3 * LIMIT, 4 * LIMIT));
      assertThat(reader.position()).isEqualTo(content.length);
    }
    try (SpoolReader reader = spool.open(content.length - 5)) {
      assertThat(rest(reader)).hasSize(5);
    }
  }

  @Test
  void cutsNothingAheadOfAReaderThatGoesOnReading() throws Exception {
    Spool spool = spool(LONG);
    SpoolReader reader = spool.open(0);
    Callable<byte[]> read = () -> rest(reader);
    Future<byte[]> reading = threads.submit(read);
    for (int at = 0; at < content.length; at += SEGMENT) {
      while (at - spool.kept() >= SEGMENT) {
        assertThat(grown.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      }
      append(spool, at, at + SEGMENT);
    }
    spool.end();
    assertThat(reading.get()).isEqualTo(content);
  }

  @Test
  void leavesAReaderThatTakesNothingBehind() throws Exception {
    Spool spool = spool(SHORT);
    try (SpoolReader reader = spool.open(0)) {
      append(spool, 0, LIMIT);
      byte[] first = reader.next(100).orElseThrow();
      assertThat(first).isEqualTo(Arrays.copyOf(content, 100));
      append(spool, LIMIT, 2 * LIMIT);
      assertThat(spool.kept()).isEqualTo(LIMIT);
      awaitKept(spool, 2 * LIMIT);
      spool.end();
      // What it has open of the first segment counts for nothing: it would be followed by a gap.
      assertThat(rest(reader)).isEqualTo(Arrays.copyOfRange(content, LIMIT, 2 * LIMIT));
    }
  }

  @Test
  void holdsItsPlaceForAReaderThatComesBack() throws Exception {
    Spool spool = spool(LONG);
    append(spool, 0, LIMIT);
    try (SpoolReader reader = spool.open(0)) {
      assertThat(reader.next(100)).isPresent();
    }
    append(spool, LIMIT, LIMIT + 5 * SEGMENT);
    assertThat(spool.kept()).isEqualTo(LIMIT);
    spool.end();
    try (SpoolReader reader = spool.open(100)) {
      assertThat(rest(reader)).isEqualTo(Arrays.copyOfRange(content, 100, LIMIT + 5 * SEGMENT));
    }
  }

  @Test
  void givesUpAReaderThatDoesNotComeBack() throws Exception {
    Spool spool = spool(SHORT);
    append(spool, 0, LIMIT);
    spool.open(0).close();
    append(spool, LIMIT, 2 * LIMIT);
    assertThat(spool.kept()).isEqualTo(LIMIT);
    awaitKept(spool, 2 * LIMIT);
  }

  @Test
  void countsWhoWaitsAtTheEndAsNoLaggard() throws Exception {
    Spool spool = spool(Duration.ofMillis(50));
    SpoolReader reader = spool.open(0);
    FutureTask<byte[]> reading = new FutureTask<>(() -> rest(reader));
    Thread thread = Thread.startVirtualThread(reading);
    while (thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    // Longer than the patience: it waits for bytes all that time.
    Thread.sleep(200);
    append(spool, 0, 2 * LIMIT);
    spool.end();
    assertThat(reading.get()).isEqualTo(Arrays.copyOf(content, 2 * LIMIT));
  }
}
