package dev.atoll.images.store;

import dev.atoll.images.Credentials;
import dev.atoll.images.DiskLimits;
import dev.atoll.images.DiskPool;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.ImageUser;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.RootFilesystem;
import dev.atoll.images.WritableFilesystem;
import dev.atoll.images.oci.ArchiveWriter;
import dev.atoll.images.oci.PackedImage;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.Overlay;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The image store on a folder of this host. */
public final class FolderImageStore implements ImageStore {
  private final StoreParts parts;
  private final ImageAssembler assembler;
  private final ImageSources sources;
  private final StepCache steps;
  private final TrustBundles trust;

  private FolderImageStore(StoreParts parts, TrustBundles trust) throws IOException {
    this.parts = parts;
    this.assembler = new ImageAssembler(parts);
    this.sources = new ImageSources(parts, assembler);
    this.steps = new StepCache(parts.folder());
    this.trust = trust;
  }

  /** Opens a store, and clears what a dead one has left; see {@link ImageStore}. */
  public static FolderImageStore open(ImageStoreConfig config)
      throws IOException, InterruptedException {
    StoreFolder folder = StoreFolder.open(config.folder());
    try {
      StoreMounts mounts = StoreMounts.open(folder, config.userNamespace());
      try {
        TrustBundles trust = TrustBundles.open(folder, config.certificates());
        String skeleton = Skeleton.create(folder);
        LiveMounts live = LiveMounts.find(folder);
        Trash trash = Trash.open(folder);
        for (String left : Records.names(folder.exports())) {
          trash.discard(folder.exports(), left);
        }
        VolumeFile.Opened written =
            VolumeFile.open(folder, config.disk(), !Records.names(folder.frozen()).isEmpty());
        LayerStore layers =
            LayerStore.open(folder, config.limits(), written.volume(), trash, live.lower());
        FormerMounts mounted = new FormerMounts(folder, live.lower());
        TrustFolders trustFolders = new TrustFolders(folder, trash, mounted);
        OverlayRoots roots = OverlayRoots.open(folder, trash, written, live.roots());
        ImageCatalog catalog = ImageCatalog.open(folder, layers);
        FolderImageStore store =
            new FolderImageStore(
                new StoreParts(
                    config,
                    folder,
                    mounts,
                    trash,
                    layers,
                    roots,
                    catalog,
                    skeleton,
                    trustFolders,
                    mounted),
                trust);
        store.forgetHalfMade();
        store.forgetSteps(Optional.empty());
        store.collectLayers();
        layers.collectBy(store::collectLayers);
        return store;
      } catch (IOException | RuntimeException e) {
        mounts.close();
        throw e;
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  @Override
  public Optional<Image> find(ImageDigest digest) {
    return parts.catalog().find(digest).map(ImageRecord::image);
  }

  @Override
  public List<Image> list() {
    return parts.catalog().all().stream().map(ImageRecord::image).toList();
  }

  @Override
  public List<Image> listWithoutSteps() {
    return parts.catalog().all().stream()
        .filter(record -> !record.step())
        .map(ImageRecord::image)
        .toList();
  }

  @Override
  public Image pull(
      RegistryReference reference, Optional<Credentials> credentials, Progress progress)
      throws IOException, InterruptedException {
    return sources.pull(reference, credentials, progress);
  }

  @Override
  public Image importFrom(Path source, Progress progress) throws IOException, InterruptedException {
    return sources.importFrom(source, progress);
  }

  @Override
  public void export(Image image, String name, OutputStream archive, Progress progress)
      throws IOException, InterruptedException {
    try (ImagePacking packing = new ImagePacking(parts)) {
      PackedImage packed = packing.pack(image, progress);
      progress.step("writing the archive");
      ArchiveWriter.write(packed, name, archive);
      archive.flush();
    }
  }

  @Override
  public String push(
      Image image,
      RegistryReference reference,
      Optional<Credentials> credentials,
      Progress progress)
      throws IOException, InterruptedException {
    try (ImagePacking packing = new ImagePacking(parts)) {
      PackedImage packed = packing.pack(image, progress);
      sources.push(packed, reference, credentials, progress);
      return packed.digest();
    }
  }

  @Override
  public Image bootstrap(Bootstrap recipe, Progress progress)
      throws IOException, InterruptedException {
    return sources.bootstrap(recipe, progress);
  }

  @Override
  public RootFilesystem rootFilesystem(Image image, IdMapping idMapping, OptionalLong diskLimit)
      throws IOException {
    return OverlayRoot.create(
        parts, assembler, image, idMapping, trustFolder(image), share(diskLimit));
  }

  private DiskShare share(OptionalLong asked) {
    return switch (diskLimits()) {
      case DiskLimits.Present all ->
          new DiskShare.Own(
              Math.min(
                  asked.orElseGet(
                      () -> parts.config().disk().orElseThrow().standardLimit(all.bytes())),
                  DiskPool.highestLimit(all.bytes())));
      case DiskLimits.Missing _ -> new DiskShare.Own(Long.MAX_VALUE);
    };
  }

  @Override
  public DiskLimits diskLimits() {
    return parts.roots().limits();
  }

  private Optional<String> trustFolder(Image image) throws IOException {
    if (!trust.isNeeded()) {
      return Optional.empty();
    }
    Optional<String> present = parts.trustFolders().find(image);
    if (present.isPresent()) {
      return present;
    }
    try (LayerPins pins = parts.layers().pins();
        ImageView view = view(image, pins)) {
      return Optional.of(parts.trustFolders().create(image, view.root()));
    }
  }

  private ImageView view(Image image, LayerPins pins) throws IOException {
    return assembler.view(parts.layers().all(parts.catalog().require(image).layers(), pins));
  }

  @Override
  public WritableFilesystem writableFilesystem(Optional<Image> image, RootFilesystem in)
      throws IOException {
    return writableFilesystem(image, in.idMapping(), new DiskShare.Of(((OverlayRoot) in).folder()));
  }

  @Override
  public WritableFilesystem writableFilesystem(Optional<Image> image, IdMapping idMapping)
      throws IOException {
    return writableFilesystem(image, idMapping, share(OptionalLong.empty()));
  }

  private WritableFilesystem writableFilesystem(
      Optional<Image> image, IdMapping idMapping, DiskShare share) throws IOException {
    return WritableOverlay.create(
        parts,
        assembler,
        image,
        new WritableOverlay.Surroundings(Optional.empty(), Skeleton.EMPTY),
        idMapping,
        share);
  }

  @Override
  public RootFilesystem takeBackRoot(
      String reference, Image image, IdMapping idMapping, Path mountPoint) throws IOException {
    return OverlayRoot.takeBack(
        parts, assembler, WritableOverlay.Reference.parse(reference), image, idMapping, mountPoint);
  }

  @Override
  public WritableFilesystem takeBack(
      String reference, Optional<Image> image, IdMapping idMapping, Path mountPoint)
      throws IOException {
    return WritableOverlay.takeBack(
        parts,
        assembler,
        WritableOverlay.Reference.parse(reference),
        image,
        Skeleton.EMPTY,
        idMapping,
        mountPoint);
  }

  @Override
  public Image withConfig(Image image, ImageConfig config) throws IOException {
    return withConfig(image, config, false);
  }

  @Override
  public Image stepWithConfig(Image image, ImageConfig config) throws IOException {
    return withConfig(image, config, true);
  }

  private Image withConfig(Image image, ImageConfig config, boolean step) throws IOException {
    try (LayerPins pins = parts.layers().pins()) {
      ImageRecord record = parts.catalog().require(image);
      List<LayerRecord> layers = parts.layers().all(record.layers(), pins);
      return assembler.assemble(layers, config, record.architecture(), pins, step).image();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while an image was made");
    }
  }

  @Override
  public ImageUser user(Image image, String user) throws IOException {
    try (LayerPins pins = parts.layers().pins()) {
      return assembler.user(
          parts.layers().all(parts.catalog().require(image).layers(), pins), user);
    }
  }

  @Override
  public Optional<TrustBundle> trustBundle(Image image) throws IOException {
    if (!trust.isNeeded()) {
      return Optional.empty();
    }
    try (LayerPins pins = parts.layers().pins();
        ImageView view = view(image, pins)) {
      return Optional.of(trust.bundle(image, view.root()));
    }
  }

  @Override
  public void mountTrust(TrustBundle bundle, Path mountPoint) throws IOException {
    // A bind mount would tell users the folder's path. An overlay takes no fewer than two folders.
    Overlay overlay =
        new Overlay(
            List.of("../trust/" + bundle.directory().getFileName(), parts.skeleton()),
            Optional.empty());
    parts.mounts().overlay("atoll-trust", overlay, IdMapping.IDENTITY, mountPoint);
  }

  @Override
  public Optional<Image> cachedStep(String key) {
    return steps.find(key, parts.catalog()).map(ImageRecord::image);
  }

  @Override
  public void cacheStep(String key, Image image) throws IOException {
    steps.put(key, image.digest());
    if (steps.isSweepDue()) {
      forgetSteps(Optional.empty());
      collectLayers();
    }
  }

  @Override
  public void remove(ImageDigest digest) throws IOException {
    ImageRecord removed = parts.catalog().remove(digest);
    forgetTrust(digest);
    forgetSteps(Optional.of(removed));
    collectLayers();
  }

  /** What a store that died was about to make known, or to remove. */
  private void forgetHalfMade() throws IOException {
    for (ImageDigest forgotten : steps.forgetHalfMade(parts.catalog())) {
      forgetTrust(forgotten);
    }
    trust.keepOnly(parts.catalog().all());
  }

  private void forgetSteps(Optional<ImageRecord> removed) throws IOException {
    for (ImageDigest forgotten : steps.forget(parts.catalog(), removed)) {
      forgetTrust(forgotten);
    }
  }

  private void forgetTrust(ImageDigest removed) throws IOException {
    trust.remove(removed);
    parts.trustFolders().remove(removed);
  }

  private void collectLayers() throws IOException {
    FormerMounts mounted = parts.mounted();
    if (parts.layers().collect(parts.catalog()::neededLayers, mounted.names())) {
      mounted.forgetGone();
      var _ = parts.layers().collect(parts.catalog()::neededLayers, mounted.names());
    }
  }

  @Override
  public void close() {
    sources.close();
    parts.layers().close();
    parts.trash().close();
    parts.roots().close();
    try {
      parts.mounts().close();
      parts.folder().close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
