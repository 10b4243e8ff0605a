package dev.atoll.worker.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process has kept of a stream, the next one goes on with. */
class SpoolResumeTest {
  private static final long LIMIT = 64 << 10;
  private static final int SEGMENT = 4 << 10;

  @TempDir Path temp;

  @Test
  void theStreamGoesOnBehindItsLastByte() throws Exception {
    for (int first : new int[] {0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT}) {
      byte[] content = random(first + 2 * SEGMENT + 7);
      String name = "from-" + first;
      folder().spool(name, () -> {}).append(ByteBuffer.wrap(content, 0, first));
      Spool next = resume(name);
      assertThat(next.written()).isEqualTo(first);
      assertThat(next.kept()).isEqualTo(first);
      next.append(ByteBuffer.wrap(content, first, content.length - first));
      next.end();
      assertThat(read(next, 0)).isEqualTo(content);
    }
  }

  @Test
  void whatReadersHadPassedStaysDropped() throws Exception {
    Spool spool = folder().spool("s", () -> {});
    byte[] content = random((int) LIMIT + 3 * SEGMENT);
    try (SpoolReader reader = spool.open(0)) {
      spool.append(ByteBuffer.wrap(content));
      while (reader.position() < LIMIT) {
        reader.next(SEGMENT);
      }
      spool.collect();
    }
    long kept = spool.kept();
    assertThat(kept).isGreaterThan(LIMIT);

    Spool next = resume("s");
    assertThat(next.written()).isEqualTo(content.length);
    assertThat(next.kept()).isEqualTo(kept);
    assertThatThrownBy(() -> next.open(0))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining("was dropped");
    next.end();
    byte[] rest = read(next, kept - LIMIT);
    assertThat(rest).endsWith(content[content.length - 1]);
    assertThat(rest).hasSize(content.length - (int) (kept - LIMIT));
  }

  @Test
  void behindAMissingByteNothingCounts() throws Exception {
    byte[] content = random(3 * SEGMENT);
    folder().spool("s", () -> {}).append(ByteBuffer.wrap(content));
    try (RandomAccessFile second =
        new RandomAccessFile(temp.resolve("spools/s.1").toFile(), "rw")) {
      second.setLength(100);
    }
    Spool next = resume("s");
    assertThat(next.written()).isEqualTo(SEGMENT + 100);
    next.append(ByteBuffer.wrap(content, SEGMENT + 100, content.length - SEGMENT - 100));
    next.end();
    assertThat(read(next, 0)).isEqualTo(content);
  }

  @Test
  void namesThatBeginAlikeAreOtherStreams() throws Exception {
    folder().spool("exec-1", () -> {}).append(ByteBuffer.wrap(random(10)));
    folder().spool("exec-1.x", () -> {}).append(ByteBuffer.wrap(random(20)));
    folder().spool("exec-11", () -> {}).append(ByteBuffer.wrap(random(30)));
    assertThat(resume("exec-1").written()).isEqualTo(10);
    assertThat(resume("exec-2").written()).isZero();
  }

  private Spool resume(String name) throws IOException {
    return folder().resume(name, () -> {}, KeptSegments.in(temp.resolve("spools")));
  }

  private SpoolFolder folder() {
    return new SpoolFolder(temp.resolve("spools"), LIMIT);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(Spool spool, long offset) throws IOException {
    try (SpoolInputStream in = new SpoolInputStream(spool.open(offset))) {
      return in.readAllBytes();
    }
  }
}
