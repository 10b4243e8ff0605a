package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
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
import java.io.IOException;
import java.io.InputStream;
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
  static LayerStore.Filler archive(Source source, LayerLimits limits) {
    return target -> {
      MessageDigest digest = Digests.newSha256();
      try (InputStream stream = source.open();
          InputStream content = Decompression.of(stream);
          LayerWriter writer = new LayerWriter(target, limits)) {
        LayerContents contents =
            writer.write(
                new TarReader(
                    new DigestInputStream(
                        new BoundedInput(content, limits.bytes() + overhead(limits)), digest)));
        // What follows the compressed data belongs to the blob too.
        stream.transferTo(java.io.OutputStream.nullOutputStream());
        return new LayerStore.Filled(Digests.of(digest.digest()), contents);
      } catch (TarFormatException | EOFException | ZipException e) {
        throw AtollException.invalid(
            "the archive can't be read: %s", String.valueOf(e.getMessage()));
      }
    };
  }

  /** Headers and fillings of an archive, beside the files' content. */
  private static long overhead(LayerLimits limits) {
    return Math.min(limits.entries(), Long.MAX_VALUE / 4096) * 2048 + (1 << 20);
  }

  /** Copies a folder of the host. */
  static LayerStore.Filler folder(Path folder, LayerLimits limits) {
    return target -> {
      try (DirectoryDescriptor source = DirectoryDescriptor.open(folder)) {
        LayerContents contents =
            new TreeCopy(limits, CopyAttributes.same()).copyRoot(source, target);
        return new LayerStore.Filled("local:" + UUID.randomUUID(), contents);
      }
    };
  }
}
