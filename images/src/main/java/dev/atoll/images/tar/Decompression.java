package dev.atoll.images.tar;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Recognises compressed streams by their first bytes (RFC 1952, RFC 8878). */
public final class Decompression {
  private static final int BUFFER = 65_536;

  private Decompression() {}

  /** The content of a gzip or zstd stream, or the stream itself when it is neither. */
  public static InputStream of(InputStream stream) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(stream, BUFFER);
    return switch (recognise(buffered)) {
      case GZIP -> new GZIPInputStream(new HonestAvailable(buffered), BUFFER);
      case ZSTD -> new ZstdInputStream(buffered);
      case NONE -> buffered;
    };
  }

  /** Whether {@link #of} would decompress; the stream must support marks and isn't moved. */
  public static boolean isCompressed(InputStream stream) throws IOException {
    return recognise(stream) != Kind.NONE;
  }

  private static Kind recognise(InputStream stream) throws IOException {
    stream.mark(4);
    byte[] head = stream.readNBytes(4);
    stream.reset();
    if (head.length >= 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b) {
      return Kind.GZIP;
    }
    boolean zstd =
        head.length == 4
            && (head[0] & 0xff) == 0x28
            && (head[1] & 0xff) == 0xb5
            && head[2] == 0x2f
            && (head[3] & 0xff) == 0xfd;
    return zstd ? Kind.ZSTD : Kind.NONE;
  }

  private enum Kind {
    GZIP,
    ZSTD,
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
