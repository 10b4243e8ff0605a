package dev.atoll.cells.host;

import dev.atoll.cells.FolderLocation;
import dev.atoll.linux.RawNames;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A folder of a cell, and how its paths are called: inside, and in the dock entry that holds it.
 * All raw.
 */
final class SearchedFolder {
  private final UnseenFifos.Root root;
  private final FolderLocation location;
  private final String inEntry;
  private final String inside;

  /**
   * A folder.
   *
   * @param path by which it was found
   */
  SearchedFolder(UnseenFifos.Root root, FolderLocation location, String path) {
    this.root = root;
    this.location = location;
    this.inEntry = location.path().isEmpty() ? "" : "/" + location.path();
    this.inside = RawNames.of(path).replaceAll("/+$", "");
  }

  Path entry() {
    return location.dockEntry().orElse(root.folder());
  }

  /** Whether another folder is in the same dock entry. */
  boolean isWhere(FolderLocation other) {
    return other.dockEntry().equals(location.dockEntry());
  }

  Instant claimed() {
    return root.claimed();
  }

  /** How a folder of the entry is called inside; empty when it isn't at or below this one. */
  Optional<String> inside(String folder) {
    if (folder.equals(inEntry.isEmpty() ? "/" : inEntry)) {
      // The dot: the path may end with a link to the folder, which the search wouldn't follow.
      return Optional.of(inside + "/.");
    }
    return folder.startsWith(inEntry + "/")
        ? Optional.of(inside + folder.substring(inEntry.length()))
        : Optional.empty();
  }

  /** How what is inside by this path is called in the entry. */
  String inEntry(String path) {
    return inEntry + below(path);
  }

  /** A path of inside without the dot. */
  String shown(String path) {
    return inside + below(path);
  }

  /** The search answers with paths of the folders that it was given. */
  private String below(String path) {
    String rest = path.startsWith(inside) ? path.substring(inside.length()) : path;
    return rest.startsWith("/./") ? rest.substring(2) : rest;
  }
}
