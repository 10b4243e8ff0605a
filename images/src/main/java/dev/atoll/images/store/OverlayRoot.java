package dev.atoll.images.store;

import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageUser;
import dev.atoll.images.RootFilesystem;
import dev.atoll.images.layers.CopyAttributes;
import dev.atoll.images.layers.LayerContents;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.layers.UpperCopy;
import dev.atoll.images.layers.UpperFolder;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** A root file system of the folder store. */
final class OverlayRoot implements RootFilesystem {
  private final StoreParts parts;
  private final ImageAssembler assembler;
  private final ImageRecord record;
  private final WritableOverlay overlay;

  private OverlayRoot(
      StoreParts parts, ImageAssembler assembler, ImageRecord record, WritableOverlay overlay) {
    this.parts = parts;
    this.assembler = assembler;
    this.record = record;
    this.overlay = overlay;
  }

  /**
   * A root on an image.
   *
   * @param trust the folder that leads to extra CA certificates, of {@link TrustFolders}
   * @param share as in {@link OverlayRoots#create}
   */
  static OverlayRoot create(
      StoreParts parts,
      ImageAssembler assembler,
      Image image,
      IdMapping idMapping,
      Optional<String> trust,
      DiskShare share)
      throws IOException {
    WritableOverlay overlay =
        WritableOverlay.create(
            parts,
            assembler,
            Optional.of(image),
            new WritableOverlay.Surroundings(trust, parts.skeleton()),
            idMapping,
            share);
    return new OverlayRoot(parts, assembler, overlay.record().orElseThrow(), overlay);
  }

  /** A root of a store that died. */
  static OverlayRoot takeBack(
      StoreParts parts,
      ImageAssembler assembler,
      WritableOverlay.Reference reference,
      Image image,
      IdMapping idMapping,
      Path mountPoint)
      throws IOException {
    WritableOverlay overlay =
        WritableOverlay.takeBack(
            parts,
            assembler,
            reference,
            Optional.of(image),
            parts.skeleton(),
            idMapping,
            mountPoint);
    return new OverlayRoot(parts, assembler, overlay.record().orElseThrow(), overlay);
  }

  /** Where what is written is. */
  Path folder() {
    return overlay.folder();
  }

  @Override
  public String reference() {
    return overlay.reference();
  }

  @Override
  public Image image() {
    return record.image();
  }

  @Override
  public IdMapping idMapping() {
    return overlay.idMapping();
  }

  @Override
  public void mountAt(Path mountPoint) throws IOException {
    overlay.mountAt(mountPoint);
  }

  @Override
  public Image snapshot(ImageConfig config, Standstill standstill)
      throws IOException, InterruptedException {
    return overlay.snapshot(config, standstill);
  }

  @Override
  public Image snapshotFolder(String path, Standstill standstill)
      throws IOException, InterruptedException {
    return overlay.snapshotFolder(path, standstill);
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
    overlay.requireOpen();
    overlay.refuseWhileMounted();
    List<LayerRecord> layers = overlay.layers();
    LayerPins pins = overlay.pins();
    List<LayerRecord> all = new ArrayList<>(layers);
    try {
      changes(layers.getLast(), pins).ifPresent(all::add);
      return assembler.assemble(all, config, record.architecture(), pins, step).image();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while layers were merged");
    } finally {
      overlay.release();
    }
  }

  /** What was written, as a layer; empty when nothing was. */
  private Optional<LayerRecord> changes(LayerRecord top, LayerPins pins)
      throws IOException, InterruptedException {
    LayerLimits limits = parts.config().limits();
    try (DirectoryDescriptor upper =
            DirectoryDescriptor.open(overlay.folder().resolve(OverlayRoots.UPPER));
        DirectoryDescriptor base =
            DirectoryDescriptor.open(parts.folder().layers().resolve(top.name()))) {
      overlay.forgetTrust(upper);
      String id = "local:" + UUID.randomUUID();
      if (parts.roots().volume(overlay.folder()).isPresent()) {
        if (upper.names().isEmpty() && sameAttributes(upper.status(), base.status(), idMapping())) {
          return Optional.empty();
        }
        return Optional.of(
            parts
                .layers()
                .add(
                    pins,
                    target ->
                        new FilledLayer(
                            id, UpperCopy.all(idMapping(), limits).copy(upper, target))));
      }
      LayerContents contents = new UpperFolder(idMapping(), limits).makeLayer(upper);
      if (contents.entries() == 0
          && sameAttributes(upper.status(), base.status(), IdMapping.IDENTITY)) {
        return Optional.empty();
      }
      return Optional.of(
          parts
              .layers()
              .adopt(overlay.folder(), OverlayRoots.UPPER, new FilledLayer(id, contents), pins));
    }
  }

  private static boolean sameAttributes(FileStatus upper, FileStatus base, IdMapping mapping) {
    int shift = mapping.hostBase();
    return upper.mode() == base.mode()
        && upper.uid() - shift == base.uid()
        && upper.gid() - shift == base.gid();
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
        ImageView here =
            ImageView.open(parts.folder(), parts.mounts(), overlay.options(), idMapping())) {
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
    try (ImageView here =
        ImageView.open(parts.folder(), parts.mounts(), overlay.options(), idMapping())) {
      ImageFolders.create(here.root(), path).close();
    }
  }

  private void requireChangeable() {
    overlay.requireUnmounted("changed");
    if (!idMapping().isIdentity()) {
      throw new IllegalStateException("a root with shifted ids can't be changed from outside");
    }
  }

  @Override
  public void close() throws IOException {
    overlay.close();
  }
}
