package dev.atoll.images.store;

import dev.atoll.images.content.Digests;
import dev.atoll.images.content.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which layers took credentials to get, and of which repositories. The layers are named by digests
 * that somebody may know who must not have their content: whoever comes another way has to show
 * that he can get it. Thread-safe.
 */
final class LayerGuards {
  private final Path folder;
  private final Map<String, Set<String>> byLayer = new HashMap<>();

  private LayerGuards(Path folder) {
    this.folder = folder;
  }

  /**
   * A guarded layer.
   *
   * @param layer its id
   * @param repositories who can pull from one of them has the layer
   */
  record Guarded(String layer, List<String> repositories) {}

  static LayerGuards open(Path folder) throws IOException {
    LayerGuards guards = new LayerGuards(folder);
    for (Guarded guarded : Records.readAll(folder, Guarded.class)) {
      guards.byLayer.put(guarded.layer(), new TreeSet<>(guarded.repositories()));
    }
    return guards;
  }

  /** Whether a layer may be given to whoever comes by this repository; by none: to anybody. */
  synchronized boolean opens(String layer, Optional<String> repository) {
    Set<String> repositories = byLayer.get(layer);
    return repositories == null || repository.filter(repositories::contains).isPresent();
  }

  /** Remembers that a layer that is about to be made was got from there. */
  synchronized void guard(String layer, Optional<String> repository) throws IOException {
    forget(layer);
    if (repository.isPresent()) {
      put(layer, new TreeSet<>(Set.of(repository.get())));
    }
  }

  /** Remembers that a layer can be got from there, too. */
  synchronized void open(String layer, Optional<String> repository) throws IOException {
    Set<String> repositories = byLayer.get(layer);
    if (repositories == null || repository.isEmpty()) {
      forget(layer);
      return;
    }
    Set<String> more = new TreeSet<>(repositories);
    more.add(repository.get());
    put(layer, more);
  }

  /** Forgets a layer that is no more. */
  synchronized void forget(String layer) throws IOException {
    if (byLayer.remove(layer) != null) {
      Files.deleteIfExists(file(layer));
    }
  }

  /** Forgets all layers but these. */
  synchronized void keepOnly(Set<String> layers) throws IOException {
    for (String layer : Set.copyOf(byLayer.keySet())) {
      if (!layers.contains(layer)) {
        forget(layer);
      }
    }
  }

  private void put(String layer, Set<String> repositories) throws IOException {
    JsonFiles.write(file(layer), new Guarded(layer, List.copyOf(repositories)));
    byLayer.put(layer, repositories);
  }

  private Path file(String layer) {
    return folder.resolve(Digests.hex(Digests.sha256(layer)) + Records.SUFFIX);
  }
}
