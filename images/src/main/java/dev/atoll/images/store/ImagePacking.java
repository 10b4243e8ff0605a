package dev.atoll.images.store;

import dev.atoll.images.Image;
import dev.atoll.images.Progress;
import dev.atoll.images.content.Digests;
import dev.atoll.images.layers.LayerArchive;
import dev.atoll.images.oci.Descriptor;
import dev.atoll.images.oci.PackedImage;
import dev.atoll.images.tar.TarWriter;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Packs an image's layers into files of a folder of the store, which goes when this is closed. The
 * image can't be removed meanwhile.
 */
final class ImagePacking implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  private final StoreParts parts;
  private final LayerPins pins;
  private final Path folder;

  ImagePacking(StoreParts parts) throws IOException {
    this.parts = parts;
    this.pins = parts.layers().pins();
    this.folder = Files.createTempDirectory(parts.folder().exports(), "x");
  }

  /** Packs it. Blocks; interruptible. */
  PackedImage pack(Image image, Progress progress) throws IOException, InterruptedException {
    ImageRecord record = parts.catalog().require(image);
    List<LayerRecord> layers = parts.layers().all(record.layers(), pins);
    AtomicReferenceArray<PackedImage.Layer> packed = new AtomicReferenceArray<>(layers.size());
    List<Callable<@Nullable Void>> works = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      int index = i;
      works.add(
          () -> {
            progress.step("packing layer %d of %d".formatted(index + 1, layers.size()));
            packed.set(index, pack(layers.subList(0, index + 1)));
            return null;
          });
    }
    LayerWorkers.runAll(works, "could not pack the image");
    List<PackedImage.Layer> all = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      all.add(packed.get(i));
    }
    return PackedImage.of(all, record.config(), record.architecture());
  }

  /** Packs the uppermost of some layers. */
  private PackedImage.Layer pack(List<LayerRecord> layers)
      throws IOException, InterruptedException {
    LayerRecord layer = layers.getLast();
    Path file = folder.resolve(Integer.toString(layers.size()));
    MessageDigest blob = Digests.newSha256();
    MessageDigest archive = Digests.newSha256();
    try (Below below = new Below(layers);
        DirectoryDescriptor root =
            DirectoryDescriptor.open(parts.folder().layers().resolve(layer.name()));
        OutputStream out =
            new DigestOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file), BUFFER), blob);
        OutputStream gzip = new GZIPOutputStream(out, BUFFER);
        OutputStream tar =
            new BufferedOutputStream(new DigestOutputStream(gzip, archive), BUFFER)) {
      new LayerArchive(new TarWriter(tar), below::root).write(root, layer.contents().hidesLower());
    }
    Descriptor descriptor =
        new Descriptor(PackedImage.LAYER, Digests.of(blob.digest()), Files.size(file));
    return new PackedImage.Layer(file, descriptor, Digests.of(archive.digest()));
  }

  /** Some layers, mounted when that is asked for. */
  private final class Below implements AutoCloseable {
    private final List<LayerRecord> layers;
    private Optional<ImageView> view = Optional.empty();

    Below(List<LayerRecord> layers) {
      this.layers = layers;
    }

    DirectoryDescriptor root() throws IOException {
      if (view.isEmpty()) {
        view =
            Optional.of(
                ImageView.readOnly(
                    parts.folder(), parts.mounts(), LowerFolders.of(layers, Skeleton.EMPTY)));
      }
      return view.get().root();
    }

    @Override
    public void close() throws IOException {
      if (view.isPresent()) {
        view.get().close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    pins.close();
    parts.trash().discard(parts.folder().exports(), folder.getFileName().toString());
  }
}
