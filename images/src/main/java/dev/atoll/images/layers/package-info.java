/**
 * Trees of files: how a layer's folder is filled, changed and removed.
 *
 * <p>{@link dev.atoll.images.layers.LayerWriter} unpacks an archive in the form that overlayfs
 * reads; {@link dev.atoll.images.layers.TreeCopy} copies a tree; {@link
 * dev.atoll.images.layers.UpperFolder} turns what a sandbox wrote into a layer; {@link
 * dev.atoll.images.layers.TreeDeletion} removes. Content is hostile throughout: everything goes
 * through descriptors and single names, no path is ever resolved from the host's root, and no mount
 * point is crossed.
 */
@NullMarked
package dev.atoll.images.layers;

import org.jspecify.annotations.NullMarked;
