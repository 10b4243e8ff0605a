package dev.atoll.images.store;

import dev.atoll.images.layers.LayerContents;

/** What a layer turned out to be. */
record FilledLayer(String id, LayerContents contents) {}
