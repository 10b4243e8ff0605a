package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.WritableFilesystem;
import dev.atoll.images.layers.LayerContents;
import dev.atoll.images.layers.UpperCopy;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.Overlay;
import dev.atoll.linux.RawNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
      IdMapping idMapping)
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
                    layers.isEmpty() ? surroundings.lowest() : layers.getLast().name(), idMapping));
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
    return options(LowerFolders.of(base.layers(), base.surroundings().lowest()));
  }

  private Overlay options(List<String> lower) {
    // Relative to the layers' folder, as all names of the mount.
    String relative = "../roots/" + folder.getFileName() + "/";
    return new Overlay(
        lower,
        Optional.of(
            new Overlay.Writable(relative + OverlayRoots.UPPER, relative + OverlayRoots.WORK)));
  }

  @Override
  public String reference() {
    return new Reference(folder.getFileName().toString(), base.surroundings().trust()).toString();
  }

  @Override
  public void mountAt(Path target) throws IOException {
    requireUnmounted("mounted a second time");
    List<String> lower = new ArrayList<>();
    base.surroundings().trust().ifPresent(lower::add);
    lower.addAll(LowerFolders.of(base.layers(), base.surroundings().lowest()));
    parts
        .mounts()
        .overlay(LiveMounts.source(parts.folder(), folder), options(lower), idMapping, target);
    mountPoint = Optional.of(target);
  }

  @Override
  public Image snapshot(ImageConfig config, Standstill standstill)
      throws IOException, InterruptedException {
    return snapshot(
        base.record().map(ImageRecord::layers).orElse(List.of()), config, standstill, changes());
  }

  @Override
  public Image snapshotFolder(String path, Standstill standstill)
      throws IOException, InterruptedException {
    return snapshot(List.of(), ImageConfig.empty(), standstill, contentOf(path));
  }

  /** What is to be copied. */
  private interface Source extends UpperCopy.Omission {
    /** Opened when nobody writes any more. */
    DirectoryDescriptor open() throws IOException;

    /** What remains to be done with the copy, when everybody writes again. */
    void complete(DirectoryDescriptor layer) throws IOException;
  }

  private Source changes() {
    return new Source() {
      @Override
      public DirectoryDescriptor open() throws IOException {
        return DirectoryDescriptor.open(folder.resolve(OverlayRoots.UPPER));
      }

      @Override
      public boolean omits(String path, FileStatus status) {
        return false;
      }

      @Override
      public void complete(DirectoryDescriptor layer) throws IOException {
        forgetTrust(layer);
      }
    };
  }

  private Source contentOf(String path) throws IOException {
    String prefix = path.isEmpty() ? "" : path + "/";
    StoreEntries ours = StoreEntries.of(parts, base.surroundings());
    List<String> bundles = new ArrayList<>();
    return new Source() {
      @Override
      public DirectoryDescriptor open() throws IOException {
        return openFolder(path);
      }

      @Override
      public boolean omits(String below, FileStatus status) {
        boolean omitted = ours.has(prefix + below, status);
        if (omitted && status.isSymlink()) {
          bundles.add(below);
        }
        return omitted;
      }

      /** Below the store's links are the image's own bundles of CA certificates. */
      @Override
      public void complete(DirectoryDescriptor layer) throws IOException {
        if (!bundles.isEmpty()) {
          try (ImageView image = assembler.view(base.layers())) {
            for (String bundle : bundles) {
              ours.restore(image.root(), prefix + bundle, layer, bundle);
            }
          }
        }
      }
    };
  }

  private Image snapshot(
      List<String> below, ImageConfig config, Standstill standstill, Source source)
      throws IOException, InterruptedException {
    inUse.lockInterruptibly();
    try (LayerPins held = parts.layers().pins()) {
      refuseWhenClosing();
      List<LayerRecord> all = new ArrayList<>(parts.layers().all(below, held));
      all.add(parts.layers().add(held, layer -> copy(source, layer, standstill)));
      String architecture =
          base.record().map(ImageRecord::architecture).orElse(parts.config().architecture());
      return assembler.assemble(all, config, architecture, held, false).image();
    } finally {
      inUse.unlock();
    }
  }

  private LayerStore.Filled copy(Source source, DirectoryDescriptor layer, Standstill standstill)
      throws IOException, InterruptedException {
    UpperCopy copy =
        new UpperCopy(idMapping, parts.config().limits(), this::refuseWhenClosing, source);
    LayerContents contents;
    standstill.begin();
    try (DirectoryDescriptor from = source.open()) {
      contents = copy.copy(from, layer);
    } finally {
      standstill.end();
    }
    source.complete(layer);
    return new LayerStore.Filled("local:" + UUID.randomUUID(), contents);
  }

  private DirectoryDescriptor openFolder(String path) throws LinuxException {
    Path mounted =
        mountPoint.orElseThrow(() -> new IllegalStateException("the file system is not mounted"));
    try (DirectoryDescriptor root = DirectoryDescriptor.open(mounted)) {
      return root.directory(path.isEmpty() ? "." : path, Resolve.NO_SYMLINKS_NO_MOUNTS);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
        throw AtollException.notFound(
            "the folder '%s' was moved while its snapshot was made", RawNames.text(path));
      }
      throw e;
    }
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
