package dev.atoll.images.store;

import com.github.luben.zstd.ZstdIOException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.content.Digests;
import dev.atoll.images.layers.CopyAttributes;
import dev.atoll.images.layers.LayerContents;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.layers.LayerWriter;
import dev.atoll.images.layers.TreeCopy;
import dev.atoll.images.tar.Decompression;
import dev.atoll.images.tar.TarFormatException;
import dev.atoll.images.tar.TarReader;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.UUID;
import java.util.zip.ZipException;

/** Ways to fill a new layer. */
final class LayerFillers {
  private LayerFillers() {}

  /** Opens a stream; each call begins anew. */
  interface Source {
    InputStream open() throws IOException, InterruptedException;
  }

  /** Unpacks an archive, maybe compressed; the layer's id is the archive's uncompressed digest. */
  static LayerFiller archive(Source source, LayerLimits limits) {
    return target -> {
      MessageDigest digest = Digests.newSha256();
      LayerContents contents =
          read(
              source,
              limits,
              digest,
              archive -> {
                try (LayerWriter writer = new LayerWriter(target, limits)) {
                  return writer.write(new TarReader(archive));
                }
              });
      return new FilledLayer(Digests.of(digest.digest()), contents);
    };
  }

  /** Reads what {@link #archive} would unpack, and says which layer that would be. */
  static LayerReader reader(Source source, LayerLimits limits) {
    return () -> {
      MessageDigest digest = Digests.newSha256();
      read(source, limits, digest, archive -> archive.transferTo(OutputStream.nullOutputStream()));
      return Digests.of(digest.digest());
    };
  }

  /** What is done with an archive that has been decompressed. */
  private interface Use<T> {
    T of(InputStream archive) throws IOException, InterruptedException;
  }

  private static <T> T read(Source source, LayerLimits limits, MessageDigest digest, Use<T> use)
      throws IOException, InterruptedException {
    try (InputStream stream = source.open()) {
      try (InputStream content = Decompression.of(new KeptOpen(stream))) {
        T made =
            use.of(
                new DigestInputStream(
                    new BoundedInput(content, limits.bytes() + overhead(limits)), digest));
        // What follows the compressed data belongs to the blob too.
        readOn(stream);
        return made;
      } catch (TarFormatException | EOFException | ZipException | ZstdIOException e) {
        readOn(stream);
        throw AtollException.invalid(
            "the archive can't be read: %s", String.valueOf(e.getMessage()));
      } catch (AtollException e) {
        if (e.code() == ErrorCode.INVALID_ARGUMENT) {
          readOn(stream);
        }
        throw e;
      }
    }
  }

  /**
   * Reads to the end, where a blob is known to be the right one: of one that isn't, that is what
   * must be said, and not what its bytes happen to mean.
   */
  private static void readOn(InputStream stream) throws IOException {
    stream.transferTo(OutputStream.nullOutputStream());
  }

  private static final class KeptOpen extends FilterInputStream {
    KeptOpen(InputStream stream) {
      super(stream);
    }

    @Override
    public void close() {}
  }

  /** Headers and fillings of an archive, beside the files' content. */
  private static long overhead(LayerLimits limits) {
    return Math.min(limits.entries(), Long.MAX_VALUE / 4096) * 2048 + (1 << 20);
  }

  /** Copies a folder of the host. */
  static LayerFiller folder(Path folder, LayerLimits limits) {
    return target -> {
      try (DirectoryDescriptor source = DirectoryDescriptor.open(folder)) {
        LayerContents contents =
            new TreeCopy(limits, CopyAttributes.same()).copyRoot(source, target);
        return new FilledLayer("local:" + UUID.randomUUID(), contents);
      }
    };
  }
}
