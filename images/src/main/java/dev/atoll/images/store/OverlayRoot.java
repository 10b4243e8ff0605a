package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageUser;
import dev.atoll.images.RootFilesystem;
import dev.atoll.images.layers.CopyAttributes;
import dev.atoll.images.layers.LayerContents;
import dev.atoll.images.layers.UpperCopy;
import dev.atoll.images.layers.UpperFolder;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.Overlay;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** A root file system of the folder store. */
final class OverlayRoot implements RootFilesystem {
  private final StoreParts parts;
  private final ImageAssembler assembler;
  private final ImageRecord record;
  private final IdMapping idMapping;
  private final LayerPins pins;
  private final List<LayerRecord> layers;
  private final Path folder;
  private final Optional<String> trust;
  private final ReentrantLock inUse = new ReentrantLock();
  private volatile boolean mounted;
  private volatile boolean closing;
  private boolean closed;

  private OverlayRoot(
      StoreParts parts,
      ImageAssembler assembler,
      ImageRecord record,
      IdMapping idMapping,
      LayerPins pins,
      List<LayerRecord> layers,
      Path folder,
      Optional<String> trust) {
    this.parts = parts;
    this.assembler = assembler;
    this.record = record;
    this.idMapping = idMapping;
    this.pins = pins;
    this.layers = layers;
    this.folder = folder;
    this.trust = trust;
  }

  /**
   * A root on an image.
   *
   * @param trust the folder that leads to extra CA certificates, of {@link TrustFolders}
   */
  static OverlayRoot create(
      StoreParts parts,
      ImageAssembler assembler,
      Image image,
      IdMapping idMapping,
      Optional<String> trust)
      throws IOException {
    parts.mounts().check(idMapping);
    ImageRecord record = parts.catalog().use(image);
    LayerPins pins = parts.layers().pins();
    try {
      List<LayerRecord> layers = parts.layers().all(record.layers(), pins);
      Path folder = parts.roots().create(layers.getLast(), idMapping);
      return new OverlayRoot(parts, assembler, record, idMapping, pins, layers, folder, trust);
    } catch (IOException | RuntimeException e) {
      pins.close();
      parts.catalog().endUse(record);
      throw e;
    }
  }

  @Override
  public Image image() {
    return record.image();
  }

  @Override
  public IdMapping idMapping() {
    return idMapping;
  }

  @Override
  public void mountAt(Path mountPoint) throws IOException {
    requireUnmounted("mounted a second time");
    List<String> lower = new ArrayList<>();
    trust.ifPresent(lower::add);
    lower.addAll(LowerFolders.of(layers, parts.skeleton()));
    parts
        .mounts()
        .overlay(LiveMounts.source(parts.folder(), folder), overlay(lower), idMapping, mountPoint);
    mounted = true;
  }

  /** What it is to those who change it from outside. */
  private Overlay overlay() {
    return overlay(LowerFolders.of(layers, parts.skeleton()));
  }

  private Overlay overlay(List<String> lower) {
    // Relative to the layers' folder, as all names of the mount.
    String relative = "../roots/" + folder.getFileName() + "/";
    return new Overlay(
        lower,
        Optional.of(
            new Overlay.Writable(relative + OverlayRoots.UPPER, relative + OverlayRoots.WORK)));
  }

  @Override
  public Image commit(ImageConfig config) throws IOException {
    return commit(config, false);
  }

  @Override
  public Image commitStep(ImageConfig config) throws IOException {
    return commit(config, true);
  }

  private Image commit(ImageConfig config, boolean step) throws IOException {
    requireOpen();
    refuseWhileMounted();
    LayerContents contents;
    boolean same;
    try (DirectoryDescriptor upper = DirectoryDescriptor.open(folder.resolve(OverlayRoots.UPPER));
        DirectoryDescriptor base =
            DirectoryDescriptor.open(parts.folder().layers().resolve(layers.getLast().name()))) {
      forgetTrust(upper);
      contents = new UpperFolder(idMapping, parts.config().limits()).makeLayer(upper);
      same = contents.entries() == 0 && sameAttributes(upper.status(), base.status());
    }
    List<LayerRecord> all = new ArrayList<>(layers);
    if (!same) {
      String id = "local:" + UUID.randomUUID();
      all.add(
          parts
              .layers()
              .adopt(folder, OverlayRoots.UPPER, new LayerStore.Filled(id, contents), pins));
    }
    try {
      return assembler.assemble(all, config, record.architecture(), pins, step).image();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while layers were merged");
    } finally {
      release();
    }
  }

  @Override
  public Image snapshot(ImageConfig config, Standstill standstill)
      throws IOException, InterruptedException {
    inUse.lockInterruptibly();
    try (LayerPins held = parts.layers().pins()) {
      refuseWhenClosing();
      List<LayerRecord> all = new ArrayList<>(parts.layers().all(record.layers(), held));
      all.add(parts.layers().add(held, layer -> copyChanges(layer, standstill)));
      return assembler.assemble(all, config, record.architecture(), held, false).image();
    } finally {
      inUse.unlock();
    }
  }

  private LayerStore.Filled copyChanges(DirectoryDescriptor layer, Standstill standstill)
      throws IOException, InterruptedException {
    UpperCopy copy = new UpperCopy(idMapping, parts.config().limits(), this::refuseWhenClosing);
    LayerContents contents;
    try (DirectoryDescriptor upper = DirectoryDescriptor.open(folder.resolve(OverlayRoots.UPPER))) {
      standstill.begin();
      try {
        contents = copy.copy(upper, layer);
      } finally {
        standstill.end();
      }
      forgetTrust(layer);
    }
    return new LayerStore.Filled("local:" + UUID.randomUUID(), contents);
  }

  /** What leads to the extra CA certificates is part of no layer. */
  private void forgetTrust(DirectoryDescriptor changes) throws IOException {
    if (trust.isPresent()) {
      parts.trustFolders().removeLinks(trust.get(), changes);
    }
  }

  private void refuseWhenClosing() {
    if (closing) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION, "it ended while its file system was copied");
    }
  }

  private static boolean sameAttributes(FileStatus a, FileStatus b) {
    return a.mode() == b.mode() && a.uid() == b.uid() && a.gid() == b.gid();
  }

  @Override
  public void copyFrom(
      Image source,
      List<String> sources,
      String destination,
      Optional<ImageUser> owner,
      OptionalInt mode)
      throws IOException {
    requireChangeable();
    CopyAttributes.Owner to =
        owner
            .map(user -> new CopyAttributes.Owner(user.uid(), user.gid()))
            .orElse(new CopyAttributes.Owner(0, 0));
    try (LayerPins sourcePins = parts.layers().pins();
        ImageView from =
            assembler.view(
                parts.layers().all(parts.catalog().require(source).layers(), sourcePins));
        ImageView here = ImageView.open(parts.folder(), parts.mounts(), overlay())) {
      new ImageCopy(from.root(), here.root(), parts.config().limits(), to, mode)
          .copy(sources, destination);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while files were copied");
    }
  }

  @Override
  public void createDirectory(String path) throws IOException {
    requireChangeable();
    try (ImageView here = ImageView.open(parts.folder(), parts.mounts(), overlay())) {
      ImageFolders.create(here.root(), path).close();
    }
  }

  private void requireChangeable() {
    requireUnmounted("changed");
    if (!idMapping.isIdentity()) {
      throw new IllegalStateException("a root with shifted ids can't be changed from outside");
    }
  }

  private void requireUnmounted(String what) {
    requireOpen();
    if (mounted) {
      throw new IllegalStateException("the root file system is mounted: it can't be " + what);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the root file system is closed");
    }
  }

  private void refuseWhileMounted() throws IOException {
    List<Path> points = mounted ? LiveMounts.mountPoints(parts.folder(), folder) : List.of();
    if (!points.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the root file system %s is still mounted at %s".formatted(folder, points.getFirst()));
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

  private void release() throws IOException {
    closed = true;
    pins.close();
    parts.catalog().endUse(record);
    parts.roots().remove(folder);
  }
}
