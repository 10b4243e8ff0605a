package dev.atoll.sdk.files;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link java.nio.file.Files} asks, for the files of one sandbox. Thread-safe. */
final class SandboxFileSystemProvider extends FileSystemProvider {
  static final String SCHEME = "atoll";

  private static final int OUTPUT_BUFFER = 256 << 10;

  private final SandboxFileSystem fileSystem;
  private final FileOperations operations;
  private final ListedEntries listed;
  private final Links links;
  private final Utilities utilities;
  private final Copies copies;

  SandboxFileSystemProvider(
      SandboxFileSystem fileSystem, FileOperations operations, ListedEntries listed) {
    this.fileSystem = fileSystem;
    this.operations = operations;
    this.listed = listed;
    this.links = new Links(operations);
    this.utilities = new Utilities(operations);
    this.copies = new Copies(this, utilities);
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("Get a sandbox's files with Sandbox.fileSystem()");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    if (!SCHEME.equals(uri.getScheme()) || !fileSystem.sandboxId().equals(uri.getAuthority())) {
      throw new FileSystemNotFoundException(
          uri + " is in another file system; get it with Sandbox.fileSystem()");
    }
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    return getFileSystem(uri).getPath(uri.getPath());
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    SandboxPath path = checked(file);
    refuse(attributes);
    OpenMode mode = OpenMode.of(options);
    return fileSystem.register(new SandboxFileChannel(this, path, open(path, mode), mode.use()));
  }

  private OpenFile open(SandboxPath path, OpenMode mode) throws IOException {
    String at = absolute(path);
    if (mode.createNew() && entry(path).isPresent()) {
      throw new FileAlreadyExistsException(path.toString());
    }
    if (!mode.follow() && entry(path).flatMap(FileEntry::linkTarget).isPresent()) {
      throw new FileSystemException(path.toString(), null, "is a symbolic link");
    }
    if (!mode.write()) {
      return operations.open(at, "r");
    }
    if (mode.makes() && (mode.truncate() || mode.append() || mode.createNew())) {
      return operations.open(at, mode.append() ? "a" : mode.read() ? "w+" : "w");
    }
    try {
      // Fails where there is none, which "w" and "a" would make.
      OpenFile existing = operations.open(at, "r+");
      if (!mode.truncate() && !mode.append()) {
        return existing;
      }
      existing.close();
      return operations.open(at, mode.append() ? "a" : mode.read() ? "w+" : "w");
    } catch (NoSuchFileException missing) {
      if (!mode.makes()) {
        throw missing;
      }
      return operations.open(at, "w+");
    }
  }

  /** Buffered: what is written is seen in the sandbox when it is flushed or closed. */
  @Override
  public OutputStream newOutputStream(Path path, OpenOption... options) throws IOException {
    return new BufferedOutputStream(super.newOutputStream(path, options), OUTPUT_BUFFER);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    SandboxPath path = checked(folder);
    long changes = listed.changes();
    List<FileEntry> entries = operations.list(absolute(path));
    long now = System.nanoTime();
    List<Path> paths =
        entries.stream()
            .<Path>map(
                entry -> path.listed(entry.name(), new ListedEntries.Listed(entry, now, changes)))
            .toList();
    return new ListedDirectory(paths, filter);
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    SandboxPath path = checked(folder);
    refuse(attributes);
    changed();
    operations.makeDirectory(absolute(path));
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    SandboxPath path = absent(link, attributes);
    utilities.run(path, "ln", "-s", "--", target.toString(), absolute(path));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    SandboxPath path = absent(link);
    utilities.run(path, "ln", absolute(checked(existing)), absolute(path));
  }

  /** Where something is to be made by a program that would go into a folder of that name. */
  private SandboxPath absent(Path link, FileAttribute<?>... attributes) throws IOException {
    SandboxPath path = checked(link);
    refuse(attributes);
    if (entry(path).isPresent()) {
      throw new FileAlreadyExistsException(path.toString());
    }
    changed();
    return path;
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    SandboxPath path = checked(link);
    String target =
        operations
            .stat(absolute(path))
            .linkTarget()
            .orElseThrow(() -> new NotLinkException(path.toString()));
    return SandboxPath.parse(fileSystem, target);
  }

  @Override
  public void delete(Path file) throws IOException {
    SandboxPath path = checked(file);
    changed();
    operations.remove(absolute(path));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    copies.copy(checked(source), checked(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    copies.move(checked(source), checked(target), options);
  }

  /** Compares where links lead; that two names are hard links of one file isn't known. */
  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    if (one.equals(other)) {
      return true;
    }
    if (!(other instanceof SandboxPath second) || second.getFileSystem() != fileSystem) {
      return false;
    }
    return realPath(checked(one)).equals(realPath(second));
  }

  @Override
  public boolean isHidden(Path path) {
    Path name = checked(path).getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException("The protocol tells nothing of file stores");
  }

  @Override
  public void checkAccess(Path file, AccessMode... modes) throws IOException {
    SandboxPath path = checked(file);
    var _ = attributes(path, true);
    List<String> rights =
        Arrays.stream(modes)
            .map(
                mode ->
                    switch (mode) {
                      case READ -> "r";
                      case WRITE -> "w";
                      case EXECUTE -> "x";
                    })
            .toList();
    if (!rights.isEmpty() && !utilities.mayUse(path, rights)) {
      throw new AccessDeniedException(path.toString());
    }
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    Attributes view = view(path, options);
    return type.isInstance(view) ? type.cast(view) : null;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    if (!type.isAssignableFrom(EntryAttributes.class)) {
      throw new UnsupportedOperationException("There are basic and POSIX attributes, no " + type);
    }
    return type.cast(view(path, options).readAttributes());
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return view(path, options).read(names);
  }

  @Override
  public void setAttribute(Path path, String name, @Nullable Object value, LinkOption... options)
      throws IOException {
    view(path, options).set(name, value);
  }

  private Attributes view(Path file, LinkOption... options) {
    return new Attributes(
        this, utilities, checked(file), !List.of(options).contains(LinkOption.NOFOLLOW_LINKS));
  }

  EntryAttributes attributes(SandboxPath path, boolean follow) throws IOException {
    fileSystem.checkOpen();
    String at = absolute(path);
    Optional<FileEntry> known = listed.of(path);
    FileEntry entry = known.isPresent() ? known.get() : operations.stat(at);
    if (follow && entry.linkTarget().isPresent()) {
      entry = links.follow(at, entry);
    }
    return new EntryAttributes(entry);
  }

  Path realPath(SandboxPath path, LinkOption... options) throws IOException {
    fileSystem.checkOpen();
    if (List.of(options).contains(LinkOption.NOFOLLOW_LINKS)) {
      var _ = operations.stat(absolute(path));
      return path.toAbsolutePath();
    }
    return SandboxPath.parse(fileSystem, links.realPath(absolute(path)));
  }

  /**
   * Where a file is, without links and dots on the way: the same for two paths of one file. Hard
   * links are files of their own.
   *
   * @param follow whether a link at the path is followed, too
   */
  Path place(SandboxPath path, boolean follow) throws IOException {
    Path at = path.toAbsolutePath();
    Path folder = at.getParent();
    Path name = at.getFileName();
    if (follow || folder == null || name == null || !at.normalize().endsWith(name)) {
      return realPath(path);
    }
    return realPath(fileSystem.own(folder)).resolve(name);
  }

  /** What is at a path itself, if anything is. */
  Optional<FileEntry> entry(SandboxPath path) throws IOException {
    try {
      return Optional.of(operations.stat(absolute(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  String absolute(SandboxPath path) {
    return path.toAbsolutePath().toString();
  }

  /** Something has changed, or is about to. */
  void changed() {
    listed.forget();
  }

  void released(Closeable channel) {
    fileSystem.release(channel);
  }

  private SandboxPath checked(Path path) {
    SandboxPath own = fileSystem.own(path);
    fileSystem.checkOpen();
    return own;
  }

  private static void refuse(FileAttribute<?>... attributes) {
    if (attributes.length > 0) {
      throw new UnsupportedOperationException(
          "The protocol can't make a file with attributes at once: set %s afterwards"
              .formatted(attributes[0].name()));
    }
  }
}
