/**
 * Images as users know them: ids and tags over the worker's digests.
 *
 * <p>A {@link dev.atoll.control.images.Definition} is one layer as the wire has it; {@link
 * dev.atoll.control.images.Images} answers which image it means and has {@link
 * dev.atoll.control.images.Builds} make the missing ones, each once, with a bounded {@link
 * dev.atoll.control.images.BuildLog} that readers follow. {@link
 * dev.atoll.control.images.LocalImages} imports, tags, shows and removes them for the operator.
 */
@NullMarked
package dev.atoll.control.images;

import org.jspecify.annotations.NullMarked;
