package dev.atoll.cells;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a folder of a claimed cell is.
 *
 * @param dockEntry what was mounted with {@link Cell#mount} and holds the folder; absent: the root
 * @param path below that one's root, relative, without links; empty for the root itself;
 *     {@linkplain dev.atoll.linux.RawNames raw}. It comes from inside: look it up by means that
 *     can't leave the dock entry
 */
public record FolderLocation(Optional<Path> dockEntry, String path) {}
