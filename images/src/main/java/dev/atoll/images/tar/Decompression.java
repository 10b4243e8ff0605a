package dev.atoll.images.tar;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/** Recognises compressed streams by their first bytes (RFC 1952, RFC 8878). */
public final class Decompression {
  private static final int BUFFER = 65_536;

  /**
   * The largest window of a zstd stream, as a power of two: 128 MiB, which is what zstd(1) takes
   * and makes without {@code --ultra --long}. A window is memory of the reader's.
   */
  private static final int MOST_ZSTD_WINDOW_LOG = 27;

  private Decompression() {}

  /**
   * The content of a gzip or zstd stream, or the stream itself when it is neither.
   *
   * @throws TarFormatException when it is compressed in another way; reading throws a {@code
   *     ZstdIOException} or a {@code ZipException} where the compressed data is damaged
   */
  public static InputStream of(InputStream stream) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(stream, BUFFER);
    return switch (recognise(buffered)) {
      case GZIP -> new GZIPInputStream(new HonestAvailable(buffered), BUFFER);
      case ZSTD -> zstd(buffered);
      case BZIP2, XZ ->
          throw new TarFormatException(
              "the archive is compressed with bzip2 or xz: decompress it first, or use gzip or"
                  + " zstd");
      case NONE -> buffered;
    };
  }

  private static InputStream zstd(InputStream stream) throws IOException {
    ZstdInputStream content = new ZstdInputStream(stream);
    content.setLongMax(MOST_ZSTD_WINDOW_LOG);
    return content;
  }

  /** Whether {@link #of} would decompress; the stream must support marks and isn't moved. */
  public static boolean isCompressed(InputStream stream) throws IOException {
    Kind kind = recognise(stream);
    return kind == Kind.GZIP || kind == Kind.ZSTD;
  }

  private static Kind recognise(InputStream stream) throws IOException {
    stream.mark(4);
    byte[] head = stream.readNBytes(4);
    stream.reset();
    String magic = HexFormat.of().formatHex(head);
    if (magic.startsWith("1f8b")) {
      return Kind.GZIP;
    }
    if (magic.startsWith("425a68")) {
      return Kind.BZIP2;
    }
    // A frame to skip (RFC 8878, section 3.1.2) may come first: its magic number ends in any digit.
    if (magic.matches("5.2a4d18")) {
      return Kind.ZSTD;
    }
    return switch (magic) {
      case "28b52ffd" -> Kind.ZSTD;
      case "fd377a58" -> Kind.XZ;
      default -> Kind.NONE;
    };
  }

  private enum Kind {
    GZIP,
    ZSTD,
    BZIP2,
    XZ,
    NONE
  }

  /**
   * {@link GZIPInputStream} asks {@link #available} whether another member follows, and takes 0 for
   * the end, which a network stream answers whenever it is slow.
   */
  private static final class HonestAvailable extends InputStream {
    private final BufferedInputStream stream;

    HonestAvailable(BufferedInputStream stream) {
      this.stream = stream;
    }

    @Override
    public int available() throws IOException {
      stream.mark(1);
      int next = stream.read();
      stream.reset();
      return next < 0 ? 0 : 1;
    }

    @Override
    public int read() throws IOException {
      return stream.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return stream.read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
