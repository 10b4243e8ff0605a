package dev.atoll.images.store;

import dev.atoll.images.layers.LayerContents;

/**
 * A complete layer of the store.
 *
 * @param name its folder's name: short, because many of them go into one mount's options
 * @param id {@code sha256:} and the digest of its uncompressed archive (OCI's diff id), or {@code
 *     local:} and random digits when it was made here and never was an archive
 * @param contents what the folder holds
 */
record LayerRecord(String name, String id, LayerContents contents) {}
