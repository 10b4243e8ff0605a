package dev.atoll.images.store;

import dev.atoll.images.content.JsonFiles;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.layers.UpperCopy;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unpacked layers. A layer is there when its record is; it never changes then. Whoever asks for
 * one that is being written waits for it. {@link LayerPins} keep layers from being collected.
 *
 * <p>A layer of a snapshot may be frozen: it is there, but its files are still in the snapshot of
 * the root that wrote them, which is no layer of an overlay ({@link WritableVolume}). They are
 * copied behind the caller's back, or when somebody asks for the layer before.
 */
final class LayerStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LayerStore.class);

  private final StoreFolder folder;
  private final LayerLimits limits;
  private final Optional<WritableVolume> volume;
  private final Trash trash;
  private final LayerGuards guards;
  private final Map<String, LayerRecord> byId = new HashMap<>();

  /** Layers that are complete, but whose records are not written yet. */
  private final Map<String, LayerRecord> unwritten = new HashMap<>();

  private final Map<String, FrozenLayer> frozen = new HashMap<>();

  private final ExecutorService copier =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("image-store-copier").factory());

  private volatile Trash.Removal collector = () -> {};

  private final Map<String, Integer> pins = new HashMap<>();
  private final Map<String, ReentrantLock> writers = new HashMap<>();
  private final ReentrantLock persisting = new ReentrantLock();
  private long next;

  private LayerStore(
      StoreFolder folder,
      LayerLimits limits,
      Optional<WritableVolume> volume,
      Trash trash,
      LayerGuards guards) {
    this.folder = folder;
    this.limits = limits;
    this.volume = volume;
    this.trash = trash;
    this.guards = guards;
  }

  /**
   * Opens it, removes incomplete layers, and goes on copying frozen ones.
   *
   * @param volume where frozen ones are
   * @param mounted folders' names that overlays of an earlier store still use
   */
  static LayerStore open(
      StoreFolder folder,
      LayerLimits limits,
      Optional<WritableVolume> volume,
      Trash trash,
      Set<String> mounted)
      throws IOException {
    LayerStore store =
        new LayerStore(folder, limits, volume, trash, LayerGuards.open(folder.guards()));
    Records.readAll(folder.layerRecords(), LayerRecord.class)
        .forEach(record -> store.byId.put(record.id(), record));
    Set<String> complete = new HashSet<>(mounted);
    store.byId.values().forEach(record -> complete.add(record.name()));
    for (String name : Records.names(folder.layers())) {
      if (Skeleton.isCurrent(name) || TrustFolders.isName(name)) {
        continue;
      }
      if (!Skeleton.isName(name)) {
        store.next = Math.max(store.next, Long.parseLong(name, Character.MAX_RADIX) + 1);
      }
      if (!complete.contains(name)) {
        trash.discard(folder.layers(), name);
      }
    }
    store.openFrozen();
    store.guards.keepOnly(store.byId.keySet());
    return store;
  }

  private void openFrozen() throws IOException {
    for (FrozenLayer layer : Records.readAll(folder.frozen(), FrozenLayer.class)) {
      next = Math.max(next, Long.parseLong(layer.name(), Character.MAX_RADIX) + 1);
      if (byId.containsKey(layer.id())) {
        Files.delete(layer.file(folder));
      } else {
        byId.put(layer.id(), layer.record());
        frozen.put(layer.id(), layer);
      }
    }
    if (volume.isPresent()) {
      for (String name : volume.get().frozenNames()) {
        next = Math.max(next, Long.parseLong(name, Character.MAX_RADIX) + 1);
      }
      volume.get().keepFrozen(frozen.values(), trash);
    }
    // The first may be copied, and no longer frozen, before the last is named.
    List.copyOf(frozen.keySet()).forEach(this::copyLater);
  }

  /** The layer of this id, written by the filler when it isn't there, and pinned. */
  LayerRecord getOrAdd(String id, LayerPins holder, LayerFiller filler)
      throws IOException, InterruptedException {
    return locked(
        id,
        () -> {
          Optional<LayerRecord> present = pinned(id, holder);
          return present.isPresent() ? present.get() : add(holder, filler);
        });
  }

  /**
   * As {@link #getOrAdd}, for a layer that others may have got with credentials. One that is there
   * is given without being read again if it was got of the same repository, or by anybody.
   *
   * @param repository whose permission it takes to get the archive; empty: nobody's
   * @param reader reads the archive without writing anything
   */
  LayerRecord getOrAdd(
      String id,
      LayerPins holder,
      LayerFiller filler,
      Optional<String> repository,
      LayerReader reader)
      throws IOException, InterruptedException {
    return locked(
        id,
        () -> {
          Optional<LayerRecord> present = pinned(id, holder);
          if (present.isEmpty()) {
            // Before the layer: a crash in between must not leave it open to all.
            guards.guard(id, repository);
            return add(holder, filler);
          }
          if (!guards.opens(id, repository)) {
            String read = reader.id();
            if (!read.equals(id)) {
              throw new IOException("the layer " + id + " was given as " + read);
            }
            guards.open(id, repository);
          }
          return present.get();
        });
  }

  private interface Work {
    LayerRecord run() throws IOException, InterruptedException;
  }

  private LayerRecord locked(String id, Work work) throws IOException, InterruptedException {
    ReentrantLock writer;
    synchronized (this) {
      writer = writers.computeIfAbsent(id, each -> new ReentrantLock());
    }
    writer.lockInterruptibly();
    try {
      return work.run();
    } finally {
      writer.unlock();
      synchronized (this) {
        if (!writer.hasQueuedThreads() && !writer.isLocked()) {
          writers.remove(id, writer);
        }
      }
    }
  }

  /** A layer whose id shows only when it is written. One of the same id is used instead. */
  LayerRecord add(LayerPins holder, LayerFiller filler) throws IOException, InterruptedException {
    String name = freshName();
    Path path = Files.createDirectory(folder.layers().resolve(name));
    boolean published = false;
    try (DirectoryDescriptor target = DirectoryDescriptor.open(path)) {
      target.setPermissions(0755);
      FilledLayer filled = filler.fill(target);
      LayerRecord record = publish(name, filled, holder);
      published = record.name().equals(name);
      return record;
    } finally {
      if (!published) {
        trash.discard(folder.layers(), name);
      }
    }
  }

  /**
   * A layer of what a root holds now, with the mapping of the sandbox that wrote. It survives a
   * loss of power. {@link #all} waits for its files; until then only the caller may look at it, who
   * says with {@link #copyLater} that it doesn't any more.
   */
  LayerRecord addFrozen(LayerPins holder, IdMapping mapping, LayerFreezer freezer)
      throws IOException, InterruptedException {
    String name = freshName();
    boolean kept = false;
    try {
      FrozenLayer layer =
          new FrozenLayer(
              name,
              "local:" + UUID.randomUUID(),
              mapping.hostBase(),
              mapping.size(),
              freezer.freeze(name));
      JsonFiles.write(layer.file(folder), layer);
      synchronized (this) {
        byId.put(layer.id(), layer.record());
        frozen.put(layer.id(), layer);
        pin(layer.id());
        holder.add(layer.id());
      }
      kept = true;
      return layer.record();
    } finally {
      if (!kept) {
        trash.later(() -> volume.orElseThrow().deleteFrozen(name));
      }
    }
  }

  /** Says how to {@link #collect} after a copy. */
  void collectBy(Trash.Removal method) {
    collector = method;
  }

  /** Copies a frozen layer's files in the background. */
  void copyLater(String id) {
    try {
      copier.execute(() -> copyNow(id));
    } catch (RejectedExecutionException closed) {
      LOG.debug("the next store copies {}", id, closed);
    }
  }

  private void copyNow(String id) {
    try {
      try (LayerPins held = pins()) {
        if (pinned(id, held).isPresent()) {
          copyFrozen(id);
        }
      }
      // Its image may have been removed meanwhile.
      collector.run();
    } catch (IOException | RuntimeException e) {
      // It stays frozen. Who asks for it tries again, and hears why it can't be.
      LOG.warn("the files of a snapshot could not be copied yet", e);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives a layer that is pinned its folder, if it is frozen. */
  private void copyFrozen(String id) throws IOException, InterruptedException {
    var _ =
        locked(
            id,
            () -> {
              Optional<FrozenLayer> layer;
              synchronized (this) {
                layer = Optional.ofNullable(frozen.get(id));
                if (layer.isEmpty()) {
                  return Objects.requireNonNull(byId.get(id));
                }
              }
              return copyFrozen(layer.get());
            });
  }

  private LayerRecord copyFrozen(FrozenLayer layer) throws IOException, InterruptedException {
    WritableVolume from = volume.orElseThrow();
    LayerRecord record = new LayerRecord(layer.name(), layer.id(), layer.contents());
    boolean complete = false;
    Path path = Files.createDirectory(folder.layers().resolve(layer.name()));
    try {
      try (DirectoryDescriptor upper = DirectoryDescriptor.open(from.frozenUpper(layer.name()));
          DirectoryDescriptor target = DirectoryDescriptor.open(path)) {
        var _ = UpperCopy.all(layer.mapping(), limits).copy(upper, target);
      }
      recordCopy(record);
      complete = true;
    } finally {
      if (!complete) {
        // Its record may be there already, and must not outlive it: what is frozen is all there is.
        Files.deleteIfExists(file(record));
        trash.discard(folder.layers(), layer.name());
      }
    }
    synchronized (this) {
      byId.put(record.id(), record);
      frozen.remove(record.id());
    }
    discard(layer);
    return record;
  }

  private void recordCopy(LayerRecord record) throws IOException {
    JsonFiles.prepare(file(record), record);
    folder.synchronize();
    JsonFiles.publish(file(record));
    JsonFiles.synchronize(folder.layerRecords());
  }

  /** Removes what was frozen: its record first, as without it the rest goes at the next start. */
  private void discard(FrozenLayer layer) throws IOException {
    Files.deleteIfExists(layer.file(folder));
    trash.later(() -> volume.orElseThrow().deleteFrozen(layer.name()));
  }

  /** Takes over a finished folder of the same file system. */
  LayerRecord adopt(Path parent, String child, FilledLayer filled, LayerPins holder)
      throws IOException {
    String name = freshName();
    try (DirectoryDescriptor from = DirectoryDescriptor.open(parent);
        DirectoryDescriptor layers = DirectoryDescriptor.open(folder.layers())) {
      from.rename(child, layers, name);
    }
    return publish(name, filled, holder);
  }

  private LayerRecord publish(String name, FilledLayer filled, LayerPins holder)
      throws IOException {
    Optional<LayerRecord> present = pinned(filled.id(), holder);
    if (present.isPresent()) {
      return present.get();
    }
    LayerRecord record = new LayerRecord(name, filled.id(), filled.contents());
    synchronized (this) {
      LayerRecord other = byId.get(filled.id());
      if (other == null) {
        byId.put(record.id(), record);
        unwritten.put(record.id(), record);
        other = record;
      }
      pin(other.id());
      holder.add(other.id());
      return other;
    }
  }

  /** Makes layers survive a loss of power: once for all layers of an image, because it is slow. */
  void persist(List<LayerRecord> layers) throws IOException {
    persisting.lock();
    try {
      persistLocked(layers);
    } finally {
      persisting.unlock();
    }
  }

  private void persistLocked(List<LayerRecord> layers) throws IOException {
    List<LayerRecord> records = new ArrayList<>();
    synchronized (this) {
      layers.stream().filter(layer -> unwritten.containsKey(layer.id())).forEach(records::add);
    }
    if (records.isEmpty()) {
      return;
    }
    for (LayerRecord record : records) {
      JsonFiles.prepare(file(record), record);
    }
    folder.synchronize();
    synchronized (this) {
      for (LayerRecord record : records) {
        JsonFiles.publish(file(record));
        unwritten.remove(record.id());
      }
      JsonFiles.synchronize(folder.layerRecords());
    }
  }

  private synchronized Optional<LayerRecord> pinned(String id, LayerPins holder) {
    LayerRecord record = byId.get(id);
    if (record != null) {
      pin(id);
      holder.add(id);
    }
    return Optional.ofNullable(record);
  }

  /** The records of these layers, pinned. All must be there; waits for the files of frozen ones. */
  List<LayerRecord> all(List<String> ids, LayerPins holder) throws IOException {
    for (String id : ids) {
      if (pinned(id, holder).isEmpty()) {
        throw new IOException("the layer " + id + " is gone");
      }
    }
    for (String id : frozenOf(ids)) {
      try {
        copyFrozen(id);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while a snapshot's files were copied");
      }
    }
    synchronized (this) {
      return ids.stream().map(byId::get).toList();
    }
  }

  private synchronized List<String> frozenOf(List<String> ids) {
    return ids.stream().filter(frozen::containsKey).toList();
  }

  synchronized boolean has(List<String> ids) {
    return byId.keySet().containsAll(ids);
  }

  LayerPins pins() {
    return new LayerPins(this);
  }

  private void pin(String id) {
    pins.merge(id, 1, Integer::sum);
  }

  synchronized void unpin(List<String> ids) {
    ids.forEach(id -> pins.computeIfPresent(id, (each, count) -> count == 1 ? null : count - 1));
  }

  /**
   * Removes layers that nobody needs.
   *
   * @param needs gives the ids of layers of images; asked while nobody can unpin a layer, as an
   *     image may become known at any time, and its maker lets go of its layers then
   * @param mounted folders' names that overlays of an earlier store still use
   * @return whether any stayed for nothing but that
   */
  synchronized boolean collect(Supplier<Set<String>> needs, Set<String> mounted)
      throws IOException {
    Set<String> needed = needs.get();
    boolean held = false;
    for (LayerRecord record : List.copyOf(byId.values())) {
      if (needed.contains(record.id()) || pins.containsKey(record.id())) {
        continue;
      }
      if (mounted.contains(record.name())) {
        held = true;
        continue;
      }
      // The record first: a layer without one is removed at the next start.
      if (!frozen.containsKey(record.id())) {
        Files.deleteIfExists(file(record));
      }
      byId.remove(record.id());
      unwritten.remove(record.id());
      guards.forget(record.id());
      FrozenLayer snapshot = frozen.remove(record.id());
      if (snapshot == null) {
        trash.discard(folder.layers(), record.name());
      } else {
        discard(snapshot);
      }
    }
    return held;
  }

  private Path file(LayerRecord record) {
    return folder.layerRecords().resolve(record.name() + Records.SUFFIX);
  }

  /** Stops copying; the next store goes on. */
  @Override
  public void close() {
    copier.shutdownNow();
    copier.close();
  }

  private synchronized String freshName() {
    return Long.toString(next++, Character.MAX_RADIX);
  }
}
