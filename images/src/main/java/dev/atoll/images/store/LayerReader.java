package dev.atoll.images.store;

import java.io.IOException;

/** Reads a layer's archive to its end, and says which layer it is. */
interface LayerReader {
  String id() throws IOException, InterruptedException;
}
