package dev.atoll.sdk.files;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path as Linux has it: names between slashes, compared byte by byte. Immutable. */
final class SandboxPath implements Path {
  private final SandboxFileSystem fileSystem;
  private final boolean absolute;
  private final List<String> names;
  private final String text;

  /** What a listing said of it, for whoever asks next; see {@link ListedEntries}. */
  private final ListedEntries.@Nullable Listed listed;

  private SandboxPath(
      SandboxFileSystem fileSystem,
      boolean absolute,
      List<String> names,
      ListedEntries.@Nullable Listed listed) {
    this.fileSystem = fileSystem;
    this.absolute = absolute;
    this.names = List.copyOf(names);
    this.text = (absolute ? "/" : "") + String.join("/", names);
    this.listed = listed;
  }

  /** Parses a path; slashes at its end and doubled ones mean nothing. */
  static SandboxPath parse(SandboxFileSystem fileSystem, String text) {
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      throw new InvalidPathException(text, "a path can't hold a NUL character", nul);
    }
    List<String> names =
        Arrays.stream(text.split("/", -1)).filter(name -> !name.isEmpty()).toList();
    boolean absolute = text.startsWith("/");
    return new SandboxPath(fileSystem, absolute, orEmptyName(absolute, names), null);
  }

  /** A file of this folder, of which a listing has told. */
  SandboxPath listed(String name, ListedEntries.Listed entry) {
    List<String> all = new ArrayList<>(isEmpty() ? List.of() : names);
    all.add(name);
    return new SandboxPath(fileSystem, absolute, all, entry);
  }

  ListedEntries.@Nullable Listed listed() {
    return listed;
  }

  @Override
  public SandboxFileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public @Nullable Path getRoot() {
    return absolute ? with(true, List.of()) : null;
  }

  @Override
  public @Nullable Path getFileName() {
    return names.isEmpty() ? null : with(false, List.of(names.getLast()));
  }

  @Override
  public @Nullable Path getParent() {
    if (names.isEmpty() || (names.size() == 1 && !absolute)) {
      return null;
    }
    return with(absolute, names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public Path getName(int index) {
    return subpath(index, index + 1);
  }

  @Override
  public Path subpath(int begin, int end) {
    if (begin < 0 || end > names.size() || begin >= end) {
      throw new IllegalArgumentException(
          "no names from %d to %d in '%s'".formatted(begin, end, text));
    }
    return with(false, names.subList(begin, end));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof SandboxPath path
        && path.fileSystem == fileSystem
        && path.absolute == absolute
        && path.isEmpty() == isEmpty()
        && path.names.size() <= names.size()
        && names.subList(0, path.names.size()).equals(path.names);
  }

  @Override
  public boolean endsWith(Path other) {
    if (!(other instanceof SandboxPath path) || path.fileSystem != fileSystem) {
      return false;
    }
    int before = names.size() - path.names.size();
    return before >= 0
        && path.isEmpty() == isEmpty()
        && (!path.absolute || (absolute && before == 0))
        && names.subList(before, names.size()).equals(path.names);
  }

  @Override
  public Path normalize() {
    Deque<String> kept = new ArrayDeque<>();
    for (String name : names) {
      if (name.equals("..") && !kept.isEmpty() && !kept.getLast().equals("..")) {
        kept.removeLast();
      } else if (!name.equals(".") && !(name.equals("..") && absolute)) {
        kept.addLast(name);
      }
    }
    return with(absolute, List.copyOf(kept));
  }

  @Override
  public Path resolve(Path other) {
    SandboxPath path = fileSystem.own(other);
    if (path.absolute || isEmpty()) {
      return path;
    }
    if (path.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(names);
    all.addAll(path.names);
    return with(absolute, all);
  }

  @Override
  public Path relativize(Path other) {
    SandboxPath path = fileSystem.own(other);
    if (path.absolute != absolute) {
      throw new IllegalArgumentException(
          "'%s' and '%s': one is absolute, the other is not".formatted(text, other));
    }
    if (equals(path) || isEmpty()) {
      return isEmpty() ? path : with(false, List.of());
    }
    List<String> from = plain(this);
    List<String> to = plain(path);
    int common = 0;
    while (common < from.size() && common < to.size() && from.get(common).equals(to.get(common))) {
      common++;
    }
    List<String> below = from.subList(common, from.size());
    if (below.contains("..")) {
      throw new IllegalArgumentException(
          "no way from '%s' to '%s' without knowing the folder's name".formatted(text, other));
    }
    List<String> way = new ArrayList<>();
    below.forEach(_ -> way.add(".."));
    way.addAll(to.subList(common, to.size()));
    return with(false, way);
  }

  private static List<String> plain(SandboxPath path) {
    boolean dotted = path.names.contains(".") || path.names.contains("..");
    SandboxPath plain = dotted ? (SandboxPath) path.normalize() : path;
    return plain.isEmpty() ? List.of() : plain.names;
  }

  /** The way in the file system that scheme {@code atoll} has, such as {@code atoll://sb-…/srv}. */
  @Override
  public URI toUri() {
    try {
      return new URI(
          SandboxFileSystemProvider.SCHEME,
          fileSystem.sandboxId(),
          toAbsolutePath().toString(),
          null,
          null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Path toAbsolutePath() {
    return absolute ? this : fileSystem.workingDirectory().resolve(this);
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return fileSystem.provider().realPath(this, options);
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    if (!(watcher instanceof SandboxWatchService own) || own.fileSystem() != fileSystem) {
      throw new ProviderMismatchException("the watch service is another file system's");
    }
    return own.register(this, events, modifiers);
  }

  @Override
  public int compareTo(Path other) {
    return text.compareTo(fileSystem.own(other).text);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SandboxPath path
        && path.fileSystem == fileSystem
        && path.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  private boolean isEmpty() {
    return text.isEmpty();
  }

  private SandboxPath with(boolean rooted, List<String> some) {
    return new SandboxPath(fileSystem, rooted, orEmptyName(rooted, some), null);
  }

  /** The empty path has one name, an empty one. */
  private static List<String> orEmptyName(boolean absolute, List<String> names) {
    return names.isEmpty() && !absolute ? List.of("") : names;
  }
}
