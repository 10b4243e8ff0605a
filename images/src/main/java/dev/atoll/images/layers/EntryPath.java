package dev.atoll.images.layers;

/**
 * A path of an archive's entry, relative to the layer's root and without empty names and dots.
 *
 * @param folder the path of the folder; empty for the root
 * @param name in that folder; empty for the root itself
 */
record EntryPath(String folder, String name) {
  static EntryPath of(String written) throws EntryRefusedException {
    StringBuilder folder = new StringBuilder();
    String last = "";
    for (int start = 0; start <= written.length(); ) {
      int slash = written.indexOf('/', start);
      int end = slash < 0 ? written.length() : slash;
      String name = written.substring(start, end);
      start = end + 1;
      if (name.equals("..")) {
        throw new EntryRefusedException("its path holds '..'");
      }
      if (name.indexOf('\0') >= 0) {
        throw new EntryRefusedException("its path holds a NUL byte");
      }
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (!last.isEmpty()) {
        folder.append(folder.isEmpty() ? "" : "/").append(last);
      }
      last = name;
    }
    return new EntryPath(folder.toString(), last);
  }

  boolean isRoot() {
    return name.isEmpty();
  }

  String path() {
    return folder.isEmpty() ? name : folder + "/" + name;
  }
}
