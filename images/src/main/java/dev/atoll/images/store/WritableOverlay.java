package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.WritableFilesystem;
import dev.atoll.images.layers.LayerContents;
import dev.atoll.images.layers.UpperCopy;
import dev.atoll.images.layers.UpperSurvey;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.Overlay;
import dev.atoll.linux.Overlay.Trait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** An overlay of the folder store that takes changes. */
final class WritableOverlay implements WritableFilesystem {
  private final StoreParts parts;
  private final ImageAssembler assembler;
  private final Base base;
  private final IdMapping idMapping;
  private final LayerPins pins;
  private final Path folder;
  private final ReentrantLock inUse = new ReentrantLock();
  private volatile Optional<Path> mountPoint = Optional.empty();
  private volatile boolean closing;
  private boolean closed;

  /**
   * What is below.
   *
   * @param record the image, which is in use; absent: none
   * @param layers the image's, the lowest first
   * @param surroundings what is above and below them
   */
  private record Base(
      Optional<ImageRecord> record, List<LayerRecord> layers, Surroundings surroundings) {}

  /**
   * Folders that belong to the store, and to no image.
   *
   * @param trust name of the folder above the layers that leads to extra CA certificates, of {@link
   *     TrustFolders}
   * @param lowest name of the folder below the layers
   */
  record Surroundings(Optional<String> trust, String lowest) {}

  /**
   * By what a later store finds it.
   *
   * @param folder name of its folder
   * @param trust as in {@link Surroundings}
   */
  record Reference(String folder, Optional<String> trust) {
    static Reference parse(String text) {
      String[] words = text.split(" ", 2);
      return new Reference(words[0], words.length == 2 ? Optional.of(words[1]) : Optional.empty());
    }

    @Override
    public String toString() {
      return trust.map(name -> folder + " " + name).orElse(folder);
    }
  }

  private WritableOverlay(
      StoreParts parts,
      ImageAssembler assembler,
      Base base,
      IdMapping idMapping,
      LayerPins pins,
      Path folder) {
    this.parts = parts;
    this.assembler = assembler;
    this.base = base;
    this.idMapping = idMapping;
    this.pins = pins;
    this.folder = folder;
  }

  static WritableOverlay create(
      StoreParts parts,
      ImageAssembler assembler,
      Optional<Image> image,
      Surroundings surroundings,
      IdMapping idMapping,
      DiskShare share)
      throws IOException {
    return open(
        parts,
        assembler,
        image,
        surroundings,
        idMapping,
        layers ->
            parts
                .roots()
                .create(
                    layers.isEmpty() ? surroundings.lowest() : layers.getLast().name(),
                    idMapping,
                    share));
  }

  /** One of a store that died, which is still mounted. */
  static WritableOverlay takeBack(
      StoreParts parts,
      ImageAssembler assembler,
      Reference reference,
      Optional<Image> image,
      String lowest,
      IdMapping idMapping,
      Path mountPoint)
      throws IOException {
    Path folder = parts.roots().existing(reference.folder());
    if (!LiveMounts.mountPoints(parts.folder(), folder).contains(mountPoint)) {
      throw new IOException(
          "the file system %s is not mounted at %s".formatted(folder, mountPoint));
    }
    WritableOverlay overlay =
        open(
            parts,
            assembler,
            image,
            new Surroundings(reference.trust(), lowest),
            idMapping,
            layers -> folder);
    overlay.mountPoint = Optional.of(mountPoint);
    return overlay;
  }

  private interface Folder {
    Path on(List<LayerRecord> layers) throws IOException;
  }

  private static WritableOverlay open(
      StoreParts parts,
      ImageAssembler assembler,
      Optional<Image> image,
      Surroundings surroundings,
      IdMapping idMapping,
      Folder folder)
      throws IOException {
    parts.mounts().check(idMapping);
    Optional<ImageRecord> record = image.map(parts.catalog()::use);
    LayerPins pins = parts.layers().pins();
    try {
      List<LayerRecord> layers =
          parts.layers().all(record.map(ImageRecord::layers).orElse(List.of()), pins);
      return new WritableOverlay(
          parts,
          assembler,
          new Base(record, layers, surroundings),
          idMapping,
          pins,
          folder.on(layers));
    } catch (IOException | RuntimeException e) {
      pins.close();
      record.ifPresent(parts.catalog()::endUse);
      throw e;
    }
  }

  Optional<ImageRecord> record() {
    return base.record();
  }

  List<LayerRecord> layers() {
    return base.layers();
  }

  LayerPins pins() {
    return pins;
  }

  IdMapping idMapping() {
    return idMapping;
  }

  /** Where upper and work folder are. */
  Path folder() {
    return folder;
  }

  /** What it is to those who change it from outside. */
  Overlay options() {
    return options(
        LowerFolders.of(base.layers(), base.surroundings().lowest()),
        isLimited() ? Set.of(Trait.SEVERAL_FILE_SYSTEMS) : Set.of());
  }

  private boolean isLimited() {
    return parts.roots().volume(folder).isPresent();
  }

  private Overlay options(List<String> lower, Set<Trait> traits) {
    // Relative to the layers' folder, as all names of the mount.
    String relative = parts.folder().layers().relativize(folder) + "/";
    return new Overlay(
        lower,
        Optional.of(
            new Overlay.Writable(relative + OverlayRoots.UPPER, relative + OverlayRoots.WORK)),
        traits);
  }

  @Override
  public String reference() {
    return new Reference(folder.getFileName().toString(), base.surroundings().trust()).toString();
  }

  @Override
  public void mountAt(Path target) throws IOException {
    requireUnmounted("mounted a second time");
    // What is kept of it is a snapshot, or a layer, which are written out by themselves.
    Set<Trait> traits = isLimited() ? Set.of(Trait.SEVERAL_FILE_SYSTEMS, Trait.VOLATILE) : Set.of();
    parts
        .mounts()
        .overlay(
            LiveMounts.source(parts.folder(), folder), options(below(), traits), idMapping, target);
    mountPoint = Optional.of(target);
  }

  /** All folders below what is written, the uppermost first. */
  private List<String> below() {
    List<String> lower = new ArrayList<>();
    base.surroundings().trust().ifPresent(lower::add);
    lower.addAll(LowerFolders.of(base.layers(), base.surroundings().lowest()));
    return lower;
  }

  @Override
  public Image snapshot(ImageConfig config, Standstill standstill)
      throws IOException, InterruptedException {
    List<String> below = base.record().map(ImageRecord::layers).orElse(List.of());
    Optional<WritableVolume> volume = parts.roots().volume(folder);
    return volume.isEmpty()
        ? image(
            below, config, held -> parts.layers().add(held, layer -> changes(layer, standstill)))
        : image(below, config, held -> frozen(volume.get(), held, standstill));
  }

  @Override
  public Image snapshotFolder(String path, Standstill standstill)
      throws IOException, InterruptedException {
    FolderContent content =
        new FolderContent(parts, assembler, base.layers(), base.surroundings(), path);
    Optional<WritableVolume> volume = parts.roots().volume(folder);
    return image(
        List.of(),
        ImageConfig.empty(),
        held ->
            parts
                .layers()
                .add(
                    held,
                    layer ->
                        volume.isEmpty()
                            ? content(content, layer, standstill)
                            : frozenContent(volume.get(), content, layer, standstill)));
  }

  /** Makes the uppermost layer of an image. */
  private interface Top {
    LayerRecord make(LayerPins held) throws IOException, InterruptedException;
  }

  private Image image(List<String> below, ImageConfig config, Top top)
      throws IOException, InterruptedException {
    inUse.lockInterruptibly();
    try (LayerPins held = parts.layers().pins()) {
      refuseWhenClosing();
      List<LayerRecord> all = new ArrayList<>(parts.layers().all(below, held));
      LayerRecord made = top.make(held);
      all.add(made);
      if (all.size() > ImageAssembler.MOST_LAYERS) {
        // Layers that are merged are copied: it must have its final form.
        all = parts.layers().all(all.stream().map(LayerRecord::id).toList(), held);
      }
      String architecture =
          base.record().map(ImageRecord::architecture).orElse(parts.config().architecture());
      Image image = assembler.assemble(all, config, architecture, held, false).image();
      parts.layers().copyLater(made.id());
      return image;
    } finally {
      inUse.unlock();
    }
  }

  /** The changes as they are, on the disk; everybody writes on long before they are a folder. */
  private LayerRecord frozen(WritableVolume volume, LayerPins held, Standstill standstill)
      throws IOException, InterruptedException {
    return parts
        .layers()
        .addFrozen(
            held,
            idMapping,
            name -> {
              freeze(volume, name, standstill);
              try (DirectoryDescriptor upper = DirectoryDescriptor.open(volume.frozenUpper(name))) {
                if (base.surroundings().trust().isPresent()) {
                  forgetTrust(upper);
                  volume.synchronize();
                }
                return new UpperSurvey(parts.config().limits(), this::refuseWhenClosing)
                    .contents(upper);
              }
            });
  }

  private void freeze(WritableVolume volume, String name, Standstill standstill)
      throws IOException, InterruptedException {
    standstill.begin();
    try {
      volume.freeze(folder, name);
    } finally {
      standstill.end();
    }
  }

  private FilledLayer changes(DirectoryDescriptor layer, Standstill standstill)
      throws IOException, InterruptedException {
    LayerContents contents;
    standstill.begin();
    try (DirectoryDescriptor from = DirectoryDescriptor.open(folder.resolve(OverlayRoots.UPPER))) {
      contents = copy((path, status) -> false).copy(from, layer);
    } finally {
      standstill.end();
    }
    forgetTrust(layer);
    return filled(contents);
  }

  private FilledLayer content(
      FolderContent content, DirectoryDescriptor layer, Standstill standstill)
      throws IOException, InterruptedException {
    Path mounted =
        mountPoint.orElseThrow(() -> new IllegalStateException("the file system is not mounted"));
    LayerContents contents;
    standstill.begin();
    try (DirectoryDescriptor root = DirectoryDescriptor.open(mounted);
        DirectoryDescriptor from = content.open(root)) {
      contents = copy(content).copy(from, layer);
    } finally {
      standstill.end();
    }
    content.restore(layer);
    return filled(contents);
  }

  /** The same of a look at what was frozen, so that nobody stands still while it is copied. */
  private FilledLayer frozenContent(
      WritableVolume volume,
      FolderContent content,
      DirectoryDescriptor layer,
      Standstill standstill)
      throws IOException, InterruptedException {
    String name = "view-" + UUID.randomUUID();
    try {
      freeze(volume, name, standstill);
      List<String> lower = new ArrayList<>(List.of(FrozenLayer.folder(name)));
      lower.addAll(below());
      LayerContents contents;
      try (ImageView view =
              ImageView.open(
                  parts.folder(),
                  parts.mounts(),
                  new Overlay(lower, Optional.empty(), Set.of(Trait.SEVERAL_FILE_SYSTEMS)),
                  idMapping);
          DirectoryDescriptor from = content.open(view.root())) {
        contents = copy(content).copy(from, layer);
      }
      content.restore(layer);
      return filled(contents);
    } finally {
      parts.trash().later(() -> volume.deleteFrozen(name));
    }
  }

  private UpperCopy copy(UpperCopy.Omission omission) {
    return new UpperCopy(idMapping, parts.config().limits(), this::refuseWhenClosing, omission);
  }

  private static FilledLayer filled(LayerContents contents) {
    return new FilledLayer("local:" + UUID.randomUUID(), contents);
  }

  private void refuseWhenClosing() {
    if (closing) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION, "it ended or was unmounted while its files were copied");
    }
  }

  /** The store's links to extra CA certificates get into no layer. */
  void forgetTrust(DirectoryDescriptor changes) throws IOException {
    if (base.surroundings().trust().isPresent()) {
      parts.trustFolders().removeLinks(base.surroundings().trust().get(), changes);
    }
  }

  void requireUnmounted(String what) {
    requireOpen();
    if (mountPoint.isPresent()) {
      throw new IllegalStateException("the file system is mounted: it can't be " + what);
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the file system is closed");
    }
  }

  void refuseWhileMounted() throws IOException {
    List<Path> points =
        mountPoint.isPresent() ? LiveMounts.mountPoints(parts.folder(), folder) : List.of();
    if (!points.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the file system %s is still mounted at %s".formatted(folder, points.getFirst()));
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    inUse.lock();
    try {
      if (!closed) {
        refuseWhileMounted();
        release();
      }
    } finally {
      inUse.unlock();
    }
  }

  void release() throws IOException {
    closed = true;
    pins.close();
    base.record().ifPresent(parts.catalog()::endUse);
    parts.roots().remove(folder);
  }
}
