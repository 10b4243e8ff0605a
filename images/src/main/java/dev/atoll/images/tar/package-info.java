/**
 * Reads tar archives, byte for byte and without trust.
 *
 * <p>{@link dev.atoll.images.tar.Decompression} recognises gzip, zstd and plain streams; {@link
 * dev.atoll.images.tar.TarReader} reads entries of ustar, GNU and PAX archives (POSIX.1-2017, pax
 * interchange format; GNU tar manual, "Basic Tar Format"). It is our own because the libraries in
 * reach decode attribute values as text and so destroy binary ones such as capabilities. Names and
 * link targets are {@linkplain dev.atoll.linux.RawNames raw}. Nothing here touches files.
 */
@NullMarked
package dev.atoll.images.tar;

import org.jspecify.annotations.NullMarked;
