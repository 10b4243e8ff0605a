package dev.atoll.sdk.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files of one sandbox. Thread-safe. */
public final class SandboxFileSystem extends FileSystem {
  /** A link that the kernel makes: it leads to where the process that asks works. */
  private static final String WORKING_DIRECTORY = "/proc/self/cwd";

  private final FileOperations operations;
  private final SandboxFileSystemProvider provider;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable SandboxPath workingDirectory;
  private volatile boolean closed;

  /**
   * Creates it; asks nothing yet.
   *
   * @param changes how often this client has changed something in the sandbox, or may have: by an
   *     exec, say. What a listing told before doesn't count any more
   */
  public SandboxFileSystem(FileOperations operations, AtomicLong changes) {
    this.operations = operations;
    this.provider = new SandboxFileSystemProvider(this, operations, new ListedEntries(changes));
  }

  String sandboxId() {
    return operations.sandboxId();
  }

  /** The path as one of this file system. */
  SandboxPath own(@Nullable Path path) {
    Objects.requireNonNull(path, "path");
    if (!(path instanceof SandboxPath own) || own.getFileSystem() != this) {
      throw new ProviderMismatchException("'" + path + "' is no path of this file system");
    }
    return own;
  }

  /** Where execs of the sandbox start, and relative paths with them; asked for once. */
  SandboxPath workingDirectory() {
    SandboxPath known = workingDirectory;
    if (known == null) {
      checkOpen();
      try {
        String target = operations.stat(WORKING_DIRECTORY).linkTarget().orElse("/");
        known = SandboxPath.parse(this, target);
      } catch (IOException e) {
        throw new UncheckedIOException("The sandbox's working directory is not known", e);
      }
      workingDirectory = known;
    }
    return known;
  }

  /** Has it closed with the file system, unless it is {@linkplain #release released} before. */
  <T extends Closeable> T register(T resource) {
    open.add(resource);
    return resource;
  }

  void release(Closeable resource) {
    open.remove(resource);
  }

  void checkOpen() {
    if (closed) {
      throw new ClosedFileSystemException();
    }
  }

  @Override
  public SandboxFileSystemProvider provider() {
    return provider;
  }

  /** Closes its channels and watches; the sandbox goes on. */
  @Override
  public void close() throws IOException {
    closed = true;
    for (Closeable resource : List.copyOf(open)) {
      resource.close();
    }
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(SandboxPath.parse(this, "/"));
  }

  /** Empty: the protocol tells nothing of file stores. */
  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Attributes.VIEWS;
  }

  @Override
  public Path getPath(String first, String... more) {
    StringBuilder text = new StringBuilder(first);
    for (String part : more) {
      if (!part.isEmpty()) {
        text.append(text.isEmpty() ? "" : "/").append(part);
      }
    }
    return SandboxPath.parse(this, text.toString());
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    int colon = syntaxAndPattern.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("a pattern looks like glob:*.txt or regex:.*");
    }
    String pattern = syntaxAndPattern.substring(colon + 1);
    Pattern regex =
        switch (syntaxAndPattern.substring(0, colon)) {
          case String syntax when syntax.equalsIgnoreCase("glob") ->
              Pattern.compile(Globs.toRegex(pattern), Pattern.DOTALL);
          case String syntax when syntax.equalsIgnoreCase("regex") -> Pattern.compile(pattern);
          case String syntax ->
              throw new UnsupportedOperationException(
                  "patterns are of the syntax glob or regex, not '" + syntax + "'");
        };
    return path -> regex.matcher(path.toString()).matches();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException(
        "The protocol can't look users up; take a principal from another file's owner");
  }

  @Override
  public WatchService newWatchService() {
    checkOpen();
    return register(new SandboxWatchService(this, operations));
  }
}
