package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.images.Credentials;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageStore.Bootstrap;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.bootstrap.BootstrapCache;
import dev.atoll.images.bootstrap.BootstrapCache.Root;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.oci.ArchiveContent;
import dev.atoll.images.oci.BlobSource;
import dev.atoll.images.oci.ImagePlan;
import dev.atoll.images.oci.ImagePlans;
import dev.atoll.images.oci.PackedImage;
import dev.atoll.images.registry.RegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Brings images into the store. */
final class ImageSources implements AutoCloseable {
  private final StoreParts parts;
  private final ImageAssembler assembler;
  private final RegistryClient registries;

  ImageSources(StoreParts parts, ImageAssembler assembler) throws IOException {
    this.parts = parts;
    this.assembler = assembler;
    this.registries =
        new RegistryClient(parts.config().registries(), parts.config().certificates());
  }

  Image pull(RegistryReference reference, Optional<Credentials> credentials, Progress progress)
      throws IOException, InterruptedException {
    progress.step("asking " + reference.registry() + " for " + reference.repository());
    BlobSource blobs = registries.repository(reference, credentials, progress);
    ImagePlan plan =
        ImagePlans.resolve(blobs, blobs.root(), parts.config().architecture(), reference.text());
    return plan(plan, blobs, reference.text(), progress);
  }

  void push(
      PackedImage image,
      RegistryReference reference,
      Optional<Credentials> credentials,
      Progress progress)
      throws IOException, InterruptedException {
    registries.push(image, reference, credentials, progress);
  }

  Image importFrom(Path source, Progress progress) throws IOException, InterruptedException {
    if (!Files.exists(source)) {
      throw AtollException.notFound("no file or folder %s", source);
    }
    progress.step("reading " + source);
    Optional<ArchiveContent> archive = ArchiveContent.recognise(source, parts.config().cache());
    if (archive.isPresent()) {
      try (ArchiveContent content = archive.get()) {
        ImagePlan plan = content.plan(parts.config().architecture());
        return plan(plan, content.blobs(), source.toString(), progress);
      }
    }
    LayerLimits limits = parts.config().limits();
    LayerFiller filler =
        Files.isDirectory(source)
            ? LayerFillers.folder(source, limits)
            : LayerFillers.archive(() -> Files.newInputStream(source), limits);
    return single(filler, ImageConfig.empty(), source.toString());
  }

  Image bootstrap(Bootstrap recipe, Progress progress) throws IOException, InterruptedException {
    Root root = new BootstrapCache(parts.config().cache()).root(recipe, progress);
    LayerFiller archive =
        LayerFillers.archive(() -> Files.newInputStream(root.archive()), parts.config().limits());
    try (LayerPins pins = parts.layers().pins()) {
      LayerRecord layer =
          LayerWorkers.run(
              () ->
                  parts
                      .layers()
                      .getOrAdd(
                          root.diffId(),
                          pins,
                          target -> {
                            progress.step("unpacking " + root.name());
                            return archive.fill(target);
                          }),
              "could not unpack " + root.name());
      return image(layer, root.config(), pins);
    }
  }

  private Image single(LayerFiller filler, ImageConfig config, String what)
      throws IOException, InterruptedException {
    try (LayerPins pins = parts.layers().pins()) {
      LayerRecord layer =
          LayerWorkers.run(() -> parts.layers().add(pins, filler), "could not import " + what);
      return image(layer, config, pins);
    }
  }

  private Image image(LayerRecord layer, ImageConfig config, LayerPins pins)
      throws IOException, InterruptedException {
    return assembler
        .assemble(List.of(layer), config, parts.config().architecture(), pins, false)
        .image();
  }

  private Image plan(ImagePlan plan, BlobSource blobs, String what, Progress progress)
      throws IOException, InterruptedException {
    try (LayerPins pins = parts.layers().pins()) {
      List<LayerRecord> layers = new LayerFetch(parts, blobs, progress).fetch(plan, pins, what);
      return assembler.assemble(layers, plan.config(), plan.architecture(), pins, false).image();
    }
  }

  @Override
  public void close() {
    registries.close();
  }
}
