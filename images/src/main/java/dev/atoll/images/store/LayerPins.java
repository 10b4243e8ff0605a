package dev.atoll.images.store;

import java.util.ArrayList;
import java.util.List;

/** Layers that one piece of work or one root file system needs: they stay while this is open. */
final class LayerPins implements AutoCloseable {
  private final LayerStore store;
  private final List<String> ids = new ArrayList<>();

  LayerPins(LayerStore store) {
    this.store = store;
  }

  synchronized void add(String id) {
    ids.add(id);
  }

  @Override
  public void close() {
    List<String> released;
    synchronized (this) {
      released = List.copyOf(ids);
      ids.clear();
    }
    store.unpin(released);
  }
}
