package dev.atoll.worker.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that holds a worker's spools. It is made with the first byte of its first spool.
 * Thread-safe.
 */
public final class SpoolFolder {
  /** How long a stream must be silent for {@link Spool#awaitOverOrQuiet} to give it up. */
  public static final Duration QUIET = Duration.ofSeconds(1);

  private static final long SMALLEST_SEGMENT = 4 << 10;
  private static final long LARGEST_SEGMENT = 64L << 20;

  private final Path directory;
  private final long limit;
  private final Optional<Duration> cutAfter;

  /**
   * Names a folder; nothing is touched yet.
   *
   * @param directory where the segment files go; its parent exists
   * @param limit the most bytes that a spool holds for readers, 64 KiB or more
   */
  public SpoolFolder(Path directory, long limit) {
    this(directory, limit, Optional.empty());
  }

  private SpoolFolder(Path directory, long limit, Optional<Duration> cutAfter) {
    if (limit < 64 << 10) {
      throw new IllegalArgumentException("a spool's limit of " + limit + " bytes is below 64 KiB");
    }
    this.directory = directory;
    this.limit = limit;
    this.cutAfter = cutAfter;
  }

  /** The same folder for spools that hold so much, 64 KiB or more; names are shared. */
  public SpoolFolder withLimit(long bytes) {
    return new SpoolFolder(directory, bytes, cutAfter);
  }

  /** The same folder for spools that hold so much or more; names are shared. */
  public SpoolFolder withLimitOfAtLeast(long bytes) {
    return limit >= bytes ? this : withLimit(bytes);
  }

  /**
   * The same folder for spools that are cut at their oldest end rather than hold their writer up
   * for nobody.
   *
   * @param patience how long the writer is held up for a reader that takes nothing, or has gone and
   *     may come back
   */
  public SpoolFolder cutAfter(Duration patience) {
    return new SpoolFolder(directory, limit, Optional.of(patience));
  }

  /**
   * Makes an empty spool.
   *
   * @param name a file name, unique in the folder
   * @param onKept called, from any thread, when {@link Spool#kept} may have grown
   */
  public Spool spool(String name, Runnable onKept) {
    return new Spool(this, name, onKept);
  }

  /**
   * Goes on with a spool that a process has left which died: with those bytes of it that are here,
   * up to the first that is missing. The folder's limit must be the same as then.
   *
   * @param name that of {@link #spool}
   * @param onKept as for {@link #spool}
   * @param segments of this folder
   */
  public Spool resume(String name, Runnable onKept, KeptSegments segments) throws IOException {
    Spool spool = spool(name, onKept);
    spool.resume(kept(segments.of(name)));
    return spool;
  }

  /** Which bytes of a stream are here. */
  record Kept(long oldest, long written) {}

  private Kept kept(NavigableMap<Long, Path> segments) throws IOException {
    if (segments.isEmpty()) {
      return new Kept(0, 0);
    }
    long oldest = segments.firstKey() * segmentBytes();
    long written = oldest;
    boolean whole = true;
    for (Map.Entry<Long, Path> segment : segments.entrySet()) {
      long size = Files.size(segment.getValue());
      whole &= segment.getKey() * segmentBytes() == written && size > 0 && size <= segmentBytes();
      if (whole) {
        written += size;
      } else {
        // Its first byte was on its way.
        Files.delete(segment.getValue());
      }
    }
    return new Kept(oldest, written);
  }

  /** Deletes what a process that died has left behind. No spool of the folder may be in use. */
  public void clear() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> listing = Files.list(directory)) {
      files = listing.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** The most bytes that a spool of it holds for readers. */
  public long limit() {
    return limit;
  }

  /** How long a writer is held up for a reader that takes nothing; empty: for ever. */
  Optional<Duration> patience() {
    return cutAfter;
  }

  /** A sixteenth of the limit, so that dropping the oldest segment frees little at a time. */
  long segmentBytes() {
    return Math.clamp(limit / 16, SMALLEST_SEGMENT, LARGEST_SEGMENT);
  }

  Path segment(String name, long index) {
    return directory.resolve(name + "." + index);
  }

  void create() throws IOException {
    Files.createDirectories(directory);
  }
}
