package dev.atoll.worker.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpoolTest {
  private static final long LIMIT = 64 << 10;

  @TempDir Path temp;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private SpoolFolder folder(long limit) {
    return new SpoolFolder(temp.resolve("spools"), limit);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String readAll(Spool spool, long offset) throws IOException, InterruptedException {
    return new String(readBytes(spool, offset, 7), StandardCharsets.UTF_8);
  }

  private static byte[] readBytes(Spool spool, long offset, int most)
      throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (SpoolReader reader = spool.open(offset)) {
      while (true) {
        var next = reader.next(most);
        if (next.isEmpty()) {
          return all.toByteArray();
        }
        assertThat(next.get()).isNotEmpty();
        all.write(next.get());
      }
    }
  }

  @Test
  void readsFromAnyOffsetAgainAndAgain() throws Exception {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    spool.append(bytes("hello "));
    spool.append(bytes("world"));
    spool.end();
    for (int round = 0; round < 3; round++) {
      assertThat(readAll(spool, 0)).isEqualTo("hello world");
      assertThat(readAll(spool, 6)).isEqualTo("world");
      assertThat(readAll(spool, 11)).isEmpty();
    }
  }

  @Test
  void saysThatAnOffsetLiesBeyondTheEnd() {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    spool.append(bytes("abc"));
    spool.end();
    assertThatThrownBy(() -> readAll(spool, 4))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining("offset 4")
        .hasMessageContaining("3 bytes");
  }

  @Test
  void givesEveryLiveReaderEveryByte() throws Exception {
    byte[] content = new byte[3 << 20];
    new Random(7).nextBytes(content);
    Spool spool = folder(64 << 20).spool("out", () -> {});
    List<Future<byte[]>> reads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int most = 1000 * (i + 1);
      Callable<byte[]> read = () -> readBytes(spool, 0, most);
      reads.add(threads.submit(read));
    }
    Random sizes = new Random(8);
    for (int at = 0; at < content.length; ) {
      int count = Math.min(content.length - at, 1 + sizes.nextInt(100_000));
      spool.append(ByteBuffer.wrap(content, at, count));
      at += count;
    }
    spool.end();
    for (Future<byte[]> read : reads) {
      assertThat(read.get()).isEqualTo(content);
    }
  }

  @Test
  void keepsNoMoreThanItsLimitWhileNobodyReads() throws Exception {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    spool.append(ByteBuffer.allocate((int) LIMIT + 5000));
    assertThat(spool.kept()).isEqualTo(LIMIT);
    // A reader that was there and is gone moves nothing: its place may be asked for again.
    try (SpoolReader reader = spool.open(0)) {
      assertThat(reader.next(10)).isPresent();
    }
    assertThat(spool.kept()).isEqualTo(LIMIT);
    spool.end();
    assertThat(readBytes(spool, 0, 4096)).hasSize((int) LIMIT + 5000);
  }

  @Test
  void letsTheWriterGoOnOnceTheSlowestReaderHasPassedTheOldestBytes() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Spool spool = folder(LIMIT).spool("out", calls::incrementAndGet);
    spool.append(ByteBuffer.allocate((int) LIMIT + 100));
    try (SpoolReader fast = spool.open(0);
        SpoolReader slow = spool.open(0)) {
      readExactly(fast, LIMIT);
      assertThat(fast.next(1)).isPresent();
      assertThat(spool.kept()).isEqualTo(LIMIT);
      int before = calls.get();
      readExactly(slow, 5 * 4096);
      assertThat(slow.next(1)).isPresent();
      assertThat(spool.kept()).isEqualTo(LIMIT + 100);
      assertThat(calls.get()).isGreaterThan(before);
    }
    // What the slow one was given last may not have reached its client, whose next call goes on.
    try (SpoolReader again = spool.open(4096)) {
      assertThat(again.next(1)).isPresent();
    }
    assertThatThrownBy(() -> spool.open(0))
        .isInstanceOfSatisfying(
            AtollException.class,
            dropped -> assertThat(dropped.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION))
        .hasMessageContaining("was dropped")
        .hasMessageContaining("offset 4096");
  }

  private static void readExactly(SpoolReader reader, long count) throws Exception {
    long left = count;
    while (left > 0) {
      left -= reader.next((int) left).orElseThrow().length;
    }
  }

  @Test
  void streamsManyTimesItsLimitWithoutAGap() throws Exception {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    byte[] content = new byte[2 << 20];
    new Random(9).nextBytes(content);
    Callable<byte[]> read = () -> readBytes(spool, 0, 3000);
    Future<byte[]> reading = threads.submit(read);
    int credit = 16 << 10;
    for (int at = 0; at < content.length; ) {
      while (at - spool.kept() >= credit) {
        Thread.onSpinWait();
      }
      int count = Math.min(content.length - at, 1500);
      spool.append(ByteBuffer.wrap(content, at, count));
      at += count;
      assertThat(diskBytes()).isLessThanOrEqualTo(LIMIT + credit + 4096 + 1500);
    }
    spool.end();
    assertThat(reading.get()).isEqualTo(content);
  }

  private long diskBytes() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(temp.resolve("spools"))) {
      for (Path file : files.toList()) {
        // 0 for a file that is dropped meanwhile.
        bytes += file.toFile().length();
      }
    }
    return bytes;
  }

  @Test
  void givesUpWaitingForAStreamThatIsSilentButNotItsReaders() throws Exception {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    Callable<String> read = () -> readAll(spool, 0);
    Future<String> reading = threads.submit(read);
    spool.append(bytes("before "));
    long start = System.nanoTime();
    spool.awaitOverOrQuiet();
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(990L, 3000L);
    spool.append(bytes("after"));
    spool.end();
    spool.awaitOverOrQuiet();
    assertThat(reading.get()).isEqualTo("before after");
  }

  @Test
  void givesTheReasonOfAFailureWhereTheBytesEnd() throws Exception {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    spool.append(bytes("abc"));
    try (SpoolReader reader = spool.open(0)) {
      assertThat(reader.next(10)).hasValue("abc".getBytes(StandardCharsets.UTF_8));
      Future<?> waiting = threads.submit(() -> reader.next(10));
      spool.fail(new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping"));
      assertThatThrownBy(waiting::get)
          .cause()
          .isInstanceOf(AtollException.class)
          .hasMessage("the server is stopping");
    }
  }

  @Test
  void failsWhenTheDiskRefusesAndNeverSkipsBytes() throws Exception {
    Files.writeString(temp.resolve("spools"), "a file is in the folder's place");
    Spool spool = folder(LIMIT).spool("out", () -> {});
    spool.append(bytes("abc"));
    spool.append(bytes("def"));
    spool.end();
    assertThat(spool.kept()).isZero();
    assertThatThrownBy(() -> readAll(spool, 0))
        .isInstanceOfSatisfying(
            AtollException.class,
            full -> assertThat(full.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED));
  }

  @Test
  void leavesNoFileOnceDiscardedAndRead() throws Exception {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    spool.append(ByteBuffer.allocate(20_000));
    try (SpoolReader reader = spool.open(0)) {
      assertThat(reader.next(10)).isPresent();
      spool.discard();
      readExactly(reader, 19_990);
      assertThat(reader.next(10)).isEmpty();
    }
    assertThat(diskBytes()).isZero();
    assertThatThrownBy(() -> spool.open(0)).hasMessageContaining("not kept");
  }

  @Test
  void makesNoFileForAnEmptyStream() throws Exception {
    Spool spool = folder(LIMIT).spool("out", () -> {});
    spool.end();
    assertThat(readAll(spool, 0)).isEmpty();
    assertThat(temp.resolve("spools")).doesNotExist();
  }
}
