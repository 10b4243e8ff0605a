package dev.atoll.images.layers;

/**
 * What a layer's folder holds.
 *
 * @param bytes the sum of its files' sizes
 * @param entries files, folders, links and whiteouts
 * @param hidesLower whether it replaces everything below: an opaque root folder
 */
public record LayerContents(long bytes, long entries, boolean hidesLower) {}
