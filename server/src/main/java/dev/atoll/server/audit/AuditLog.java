package dev.atoll.server.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes entries to {@code audit.jsonl}, a line of JSON each, in the order in which they were
 * given, on a thread of its own. A file that is full gets the time into its name, and the oldest
 * files go when all of them together have reached the limit. Thread-safe.
 *
 * <p>A line is given before its call's answer is sent, and written a moment later; what is written
 * survives the death of the process, but not that of the host in the next seconds. So a server that
 * is killed can lack the lines of its last moment. Whoever gives a line waits while 8,192 others
 * wait, a second at most; then, and while the disk takes none, lines are lost: the next one that is
 * written says how many.
 */
public final class AuditLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final String CURRENT = "audit.jsonl";
  private static final int MOST_WAITING = 8_192;
  private static final int PATIENCE_SECONDS = 1;
  private static final int MOST_AT_ONCE = 100;
  private static final int FILES = 8;
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'audit-'yyyyMMdd'T'HHmmss.SSSSSS'Z.jsonl'")
          .withZone(ZoneOffset.UTC);

  private final Path folder;
  private final long limit;
  private final JsonMapper json = new JsonMapper();
  private final BlockingQueue<AuditEntry> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean closing;
  private FileChannel file;

  private AuditLog(Path folder, long limit) throws IOException {
    this.folder = folder;
    this.limit = limit;
    file = open();
    writer = Thread.ofPlatform().name("atoll-audit").daemon().start(this::writeAll);
  }

  /**
   * Opens the log in a folder.
   *
   * @param limit the most bytes of all its files together, 64 KiB or more
   */
  public static AuditLog open(Path folder, long limit) throws IOException {
    return new AuditLog(folder, limit);
  }

  /** Has an entry written. */
  public void add(AuditEntry entry) {
    try {
      if (!closing && !waiting.offer(entry, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        lost.incrementAndGet();
      }
    } catch (InterruptedException hurry) {
      if (!waiting.offer(entry)) {
        lost.incrementAndGet();
      }
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    List<AuditEntry> batch = new ArrayList<>();
    boolean failing = false;
    while (!closing || !waiting.isEmpty()) {
      try {
        AuditEntry first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        waiting.drainTo(batch, MOST_AT_ONCE - 1);
        write(batch);
        if (failing) {
          failing = false;
          LOG.info("the audit log in {} is written again", folder);
        }
      } catch (InterruptedException woken) {
        // It is closed: what waits is written still.
      } catch (IOException | RuntimeException failure) {
        lost.addAndGet(batch.size());
        if (!failing) { // Once: the log may be on the same full disk.
          failing = true;
          LOG.error("the audit log in {} can't be written: it lacks lines", folder, failure);
        }
      }
      batch.clear();
    }
  }

  private void write(List<AuditEntry> batch) throws IOException {
    StringBuilder lines = new StringBuilder();
    long lack = lost.get();
    if (lack > 0) {
      lines.append(json.writeValueAsString(Map.of("lost", lack))).append('\n');
    }
    for (AuditEntry entry : batch) {
      lines.append(json.writeValueAsString(entry.line())).append('\n');
    }
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
    long share = limit / FILES;
    if (file.size() > 0 && file.size() + bytes.remaining() > share) {
      rotate(limit - share);
    }
    append(bytes);
    lost.addAndGet(-lack);
  }

  /** All of it or, when the disk is full, nothing: half a line would spoil the one after it. */
  private void append(ByteBuffer bytes) throws IOException {
    long end = file.size();
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException failure) {
      try {
        file.truncate(end);
      } catch (IOException also) {
        failure.addSuppressed(also);
      }
      throw failure;
    }
  }

  /**
   * Begins another file, and removes the oldest until the full ones are no more than so many bytes.
   */
  private void rotate(long most) throws IOException {
    Path current = folder.resolve(CURRENT);
    if (Files.exists(current)) { // It doesn't after a rotation that has failed half-way.
      Files.move(current, folder.resolve(NAME.format(Instant.now())));
    }
    FileChannel full = file;
    file = open();
    full.close();
    List<Path> newestFirst;
    try (Stream<Path> files = Files.list(folder)) {
      newestFirst =
          files
              .filter(path -> path.getFileName().toString().matches("audit-.*\\.jsonl"))
              .sorted(Comparator.reverseOrder())
              .toList();
    }
    long bytes = 0;
    for (Path path : newestFirst) {
      bytes += Files.size(path);
      if (bytes > most) {
        Files.deleteIfExists(path);
      }
    }
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(
        folder.resolve(CURRENT),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
        PosixFilePermissions.asFileAttribute(OWNER));
  }

  /** Writes what waits, and closes the file. */
  @Override
  public void close() throws IOException {
    closing = true;
    try {
      writer.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }
}
