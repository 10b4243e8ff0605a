package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Progress;
import dev.atoll.images.oci.BlobSource;
import dev.atoll.images.oci.Descriptor;
import dev.atoll.images.oci.ImagePlan;
import dev.atoll.images.oci.TransferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Gets the layers of an image, several at a time; those that are there are not fetched. */
final class LayerFetch {
  private final StoreParts parts;
  private final BlobSource blobs;
  private final Progress progress;

  LayerFetch(StoreParts parts, BlobSource blobs, Progress progress) {
    this.parts = parts;
    this.blobs = blobs;
    this.progress = progress;
  }

  /** The layers, the lowest first, pinned. */
  List<LayerRecord> fetch(ImagePlan plan, LayerPins pins, String what)
      throws IOException, InterruptedException {
    int count = plan.layers().size();
    AtomicReferenceArray<LayerRecord> records = new AtomicReferenceArray<>(count);
    List<Callable<@Nullable Void>> works = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = i;
      works.add(
          () -> {
            records.set(index, layer(plan, index, pins));
            return null;
          });
    }
    LayerWorkers.runAll(works, "could not get " + what);
    List<LayerRecord> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      layers.add(records.get(i));
    }
    return layers;
  }

  private LayerRecord layer(ImagePlan plan, int index, LayerPins pins)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return layerOnce(plan, index, pins);
      } catch (TransferException e) {
        if (attempt >= blobs.attempts()) {
          throw new AtollException(
              ErrorCode.FAILED_PRECONDITION, String.valueOf(e.getMessage()), e);
        }
      }
    }
  }

  private LayerRecord layerOnce(ImagePlan plan, int index, LayerPins pins)
      throws IOException, InterruptedException {
    Descriptor blob = plan.layers().get(index).blob();
    String diffId = plan.layers().get(index).diffId();
    LayerFillers.Source source = () -> blobs.open(blob);
    LayerFiller archive = LayerFillers.archive(source, parts.config().limits());
    LayerReader reader = LayerFillers.reader(source, parts.config().limits());
    String place = "layer %d of %d".formatted(index + 1, plan.layers().size());
    return parts
        .layers()
        .getOrAdd(
            diffId,
            pins,
            target -> {
              progress.step("getting %s (%s)".formatted(place, megabytes(blob.size())));
              FilledLayer filled = archive.fill(target);
              requireSame(index, filled.id(), diffId);
              return filled;
            },
            blobs.guard(),
            () -> {
              progress.step(
                  "checking that %s (%s) may be had".formatted(place, megabytes(blob.size())));
              String read = reader.id();
              requireSame(index, read, diffId);
              return read;
            });
  }

  private static void requireSame(int index, String unpacked, String diffId) {
    if (!unpacked.equals(diffId)) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "layer %d is %s when unpacked, but the image's config says %s"
              .formatted(index + 1, unpacked, diffId));
    }
  }

  private static String megabytes(long bytes) {
    return bytes < 1_000_000 ? "under 1 MB" : bytes / 1_000_000 + " MB";
  }
}
