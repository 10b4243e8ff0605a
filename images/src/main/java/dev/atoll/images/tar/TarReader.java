package dev.atoll.images.tar;

import dev.atoll.images.tar.TarEntry.Region;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an archive entry by entry. What an entry says is checked for form only: names may still be
 * hostile. Not thread-safe.
 */
public final class TarReader {
  private static final int MOST_EXTENSION_BYTES = 1 << 20;
  private static final int MOST_NAME_BYTES = 4096;

  private final BlockInput input;
  private PaxRecords global = PaxRecords.none();

  /** Reads from a stream, which should be buffered and decompressed; it is not closed. */
  public TarReader(InputStream stream) {
    this.input = new BlockInput(stream);
  }

  /**
   * The next entry, the rest of the one before skipped; empty at the end. After the end the stream
   * has been read completely.
   *
   * @throws TarFormatException when the archive breaks the format
   */
  public Optional<TarEntry> next() throws IOException {
    PaxRecords records = PaxRecords.none();
    Optional<String> longName = Optional.empty();
    Optional<String> longLink = Optional.empty();
    while (true) {
      byte[] block = input.nextBlock();
      if (block == null) {
        return Optional.empty();
      }
      TarHeader header = new TarHeader(block);
      if (header.isZero()) {
        input.drain();
        return Optional.empty();
      }
      header.checkSum();
      long size = header.number(124, 12, "size");
      switch (header.type()) {
        case 'x' -> records = PaxRecords.parse(extension(size));
        case 'g' -> global = PaxRecords.parse(extension(size)).over(global);
        case 'L' -> longName = Optional.of(longText(size));
        case 'K' -> longLink = Optional.of(longText(size));
        default -> {
          PaxRecords all = records.over(global);
          return Optional.of(
              entry(
                  header,
                  all,
                  all.text("path").or(firstOf(longName)).orElse(header.name()),
                  all.text("linkpath").or(firstOf(longLink)).orElse(header.linkName()),
                  size));
        }
      }
    }
  }

  /** Reads bytes of the current entry's content; -1 at its end. */
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return input.read(bytes, offset, length);
  }

  private TarEntry entry(
      TarHeader header, PaxRecords records, String writtenName, String linkName, long headerSize)
      throws IOException {
    TarEntry.Type type = type(header, writtenName);
    long stored = records.number("size", headerSize);
    // Only files have content: a size on anything else is skipped, as other readers do.
    input.begin(stored);
    String name = writtenName;
    long size = type == TarEntry.Type.FILE ? stored : 0;
    List<Region> regions = List.of();
    if (header.type() == 'S') {
      size = header.number(483, 12, "real size");
      regions = holes(SparseMaps.old(header, input, size, stored), size);
    } else if (records.text("GNU.sparse.map").isPresent()) {
      size = records.number("GNU.sparse.size", stored);
      name = records.text("GNU.sparse.name").orElse(name);
      regions = holes(SparseMaps.record(records.text("GNU.sparse.map").get(), size, stored), size);
    } else if (records.number("GNU.sparse.major", 0) == 1) {
      size = records.number("GNU.sparse.realsize", stored);
      name = records.text("GNU.sparse.name").orElse(name);
      regions = holes(SparseMaps.content(input, size), size);
    }
    if (size < 0) {
      throw new TarFormatException("an entry has the negative size %d", size);
    }
    TarTime time = TarTime.of(header.number(136, 12, "mtime"), records.text("mtime"));
    Map<String, byte[]> attributes = records.attributes();
    return new TarEntry(
        type,
        checked(name),
        checked(linkName),
        (int) (header.number(100, 8, "mode") & 07777),
        id(records.number("uid", header.number(108, 8, "uid")), "uid"),
        id(records.number("gid", header.number(116, 8, "gid")), "gid"),
        size,
        time.seconds(),
        time.nanoseconds(),
        attributes,
        regions);
  }

  /**
   * A file that is one hole has a region without length, so that it isn't taken for a plain one.
   */
  private static List<Region> holes(List<Region> regions, long size) {
    return regions.isEmpty() ? List.of(new Region(size, 0)) : regions;
  }

  private static TarEntry.Type type(TarHeader header, String name) throws TarFormatException {
    return switch (header.type()) {
      case '0', '\0', '7', 'S' ->
          // Archives older than ustar mark folders by a slash at the end of the name.
          name.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3', '4' -> TarEntry.Type.DEVICE;
      case '5', 'D' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      default ->
          throw new TarFormatException("an entry has the unknown type 0x%02x", (int) header.type());
    };
  }

  private byte[] extension(long size) throws IOException {
    input.begin(size);
    return input.all(MOST_EXTENSION_BYTES, "an extended header");
  }

  private String longText(long size) throws IOException {
    byte[] bytes = extension(size);
    return new TarHeader(bytes).text(0, bytes.length);
  }

  private static java.util.function.Supplier<Optional<? extends String>> firstOf(
      Optional<String> value) {
    return () -> value;
  }

  private static String checked(String name) throws TarFormatException {
    if (name.length() > MOST_NAME_BYTES) {
      throw new TarFormatException("a name is longer than %d bytes", MOST_NAME_BYTES);
    }
    return name;
  }

  private static int id(long value, String field) throws TarFormatException {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new TarFormatException(
          "the %s %d is outside of 0 to %d", field, value, Integer.MAX_VALUE);
    }
    return (int) value;
  }
}
