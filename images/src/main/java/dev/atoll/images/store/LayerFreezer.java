package dev.atoll.images.store;

import dev.atoll.images.layers.LayerContents;
import java.io.IOException;

/** Keeps what a root holds now, under a name. */
interface LayerFreezer {
  LayerContents freeze(String name) throws IOException, InterruptedException;
}
