/**
 * Images on this host: registries, layers, root file systems.
 *
 * <p>{@link dev.atoll.images.ImageStore} holds what is present: content-addressed layers, unpacked,
 * verified and immutable, and {@link dev.atoll.images.Image}s, each an ordered list of layers and a
 * config. A {@link dev.atoll.images.RootFilesystem} is a writable overlay on an image, for one
 * sandbox or one build step; what was written can become a layer. The package knows no gRPC and no
 * cells.
 */
@NullMarked
package dev.atoll.images;

import org.jspecify.annotations.NullMarked;
