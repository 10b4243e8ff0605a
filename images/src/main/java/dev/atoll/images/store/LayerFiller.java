package dev.atoll.images.store;

import dev.atoll.linux.DirectoryDescriptor;
import java.io.IOException;

/** Fills a new layer's empty folder. */
interface LayerFiller {
  FilledLayer fill(DirectoryDescriptor target) throws IOException, InterruptedException;
}
