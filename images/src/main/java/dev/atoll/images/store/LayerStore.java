package dev.atoll.images.store;

import dev.atoll.images.content.JsonFiles;
import dev.atoll.images.layers.LayerContents;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The unpacked layers. A layer is there when its record is; it never changes then. Whoever asks for
 * one that is being written waits for it. {@link LayerPins} keep layers from being collected.
 */
final class LayerStore {
  private final StoreFolder folder;
  private final Trash trash;
  private final LayerGuards guards;
  private final Map<String, LayerRecord> byId = new HashMap<>();

  /** Layers that are complete, but whose records are not written yet. */
  private final Map<String, LayerRecord> unwritten = new HashMap<>();

  private final Map<String, Integer> pins = new HashMap<>();
  private final Map<String, ReentrantLock> writers = new HashMap<>();
  private final ReentrantLock persisting = new ReentrantLock();
  private long next;

  /** What a layer turned out to be. */
  record Filled(String id, LayerContents contents) {}

  /** Fills a new layer's empty folder. */
  interface Filler {
    Filled fill(DirectoryDescriptor target) throws IOException, InterruptedException;
  }

  /** Reads a layer's archive to its end, and says which layer it is. */
  interface Reader {
    String id() throws IOException, InterruptedException;
  }

  private LayerStore(StoreFolder folder, Trash trash, LayerGuards guards) {
    this.folder = folder;
    this.trash = trash;
    this.guards = guards;
  }

  /**
   * Opens it, and removes incomplete layers.
   *
   * @param mounted folders' names that overlays of an earlier store still use
   */
  static LayerStore open(StoreFolder folder, Trash trash, Set<String> mounted) throws IOException {
    LayerStore store = new LayerStore(folder, trash, LayerGuards.open(folder.guards()));
    Records.readAll(folder.layerRecords(), LayerRecord.class)
        .forEach(record -> store.byId.put(record.id(), record));
    Set<String> complete = new java.util.HashSet<>(mounted);
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
    store.guards.keepOnly(store.byId.keySet());
    return store;
  }

  /** The layer of this id, written by the filler when it isn't there, and pinned. */
  LayerRecord getOrAdd(String id, LayerPins holder, Filler filler)
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
      String id, LayerPins holder, Filler filler, Optional<String> repository, Reader reader)
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
  LayerRecord add(LayerPins holder, Filler filler) throws IOException, InterruptedException {
    String name = freshName();
    Path path = Files.createDirectory(folder.layers().resolve(name));
    boolean published = false;
    try (DirectoryDescriptor target = DirectoryDescriptor.open(path)) {
      target.setPermissions(0755);
      Filled filled = filler.fill(target);
      LayerRecord record = publish(name, filled, holder);
      published = record.name().equals(name);
      return record;
    } finally {
      if (!published) {
        trash.discard(folder.layers(), name);
      }
    }
  }

  /** Takes over a finished folder of the same file system. */
  LayerRecord adopt(Path parent, String child, Filled filled, LayerPins holder) throws IOException {
    String name = freshName();
    try (DirectoryDescriptor from = DirectoryDescriptor.open(parent);
        DirectoryDescriptor layers = DirectoryDescriptor.open(folder.layers())) {
      from.rename(child, layers, name);
    }
    return publish(name, filled, holder);
  }

  private LayerRecord publish(String name, Filled filled, LayerPins holder) throws IOException {
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

  /** The records of these layers, pinned. All must be there. */
  synchronized List<LayerRecord> all(List<String> ids, LayerPins holder) throws IOException {
    List<LayerRecord> records = new ArrayList<>();
    for (String id : ids) {
      records.add(
          pinned(id, holder).orElseThrow(() -> new IOException("the layer " + id + " is gone")));
    }
    return records;
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
   * @param needed ids of layers of images
   * @param mounted folders' names that overlays of an earlier store still use
   * @return whether any stayed for nothing but that
   */
  synchronized boolean collect(Set<String> needed, Set<String> mounted) throws IOException {
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
      Files.deleteIfExists(file(record));
      byId.remove(record.id());
      unwritten.remove(record.id());
      guards.forget(record.id());
      trash.discard(folder.layers(), record.name());
    }
    return held;
  }

  private Path file(LayerRecord record) {
    return folder.layerRecords().resolve(record.name() + Records.SUFFIX);
  }

  private synchronized String freshName() {
    return Long.toString(next++, Character.MAX_RADIX);
  }
}
