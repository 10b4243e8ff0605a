package dev.atoll.images.bootstrap;

import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageStore.Bootstrap;
import dev.atoll.images.Progress;
import dev.atoll.images.content.Digests;
import dev.atoll.images.content.JsonFiles;
import dev.atoll.images.layers.TreeDeletion;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Archives of finished roots, by the digest of all that went in: recipe, mirrors, architecture.
 * Several processes may use one cache; a lock file keeps them from making the same root twice.
 */
public final class BootstrapCache {
  /** Part of each key: raised when roots of the same recipe come out otherwise. */
  private static final int FORMAT = 2;

  /** File locks belong to the process: its threads take turns here. */
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final Path folder;

  /** Uses a folder below the cache folder. */
  public BootstrapCache(Path cache) {
    this.folder = cache.resolve("bootstrap");
  }

  /**
   * A finished root.
   *
   * @param name what users call it
   * @param archive compressed with zstd
   * @param diffId the digest of the uncompressed archive
   * @param config what its image starts with
   */
  public record Root(String name, Path archive, String diffId, ImageConfig config) {}

  record Facts(String diffId, ImageConfig config) {}

  record Key(int format, Recipe recipe, List<String> sources, String architecture) {}

  /**
   * The root of a recipe, made when the cache hasn't it: that takes about a minute.
   *
   * @throws dev.atoll.errors.AtollException INVALID_ARGUMENT for an unknown preset or a malformed
   *     name, FAILED_PRECONDITION when it can't be made
   */
  public Root root(Bootstrap wanted, Progress progress) throws IOException, InterruptedException {
    Recipe recipe = Recipes.of(wanted);
    List<String> sources = AptSources.lines(recipe.suite());
    String key =
        Digests.sha256(
                JsonFiles.bytes(new Key(FORMAT, recipe, sources, System.getProperty("os.arch"))))
            .substring("sha256:".length());
    Files.createDirectories(folder);
    Path lock = folder.resolve(key + ".lock");
    ReentrantLock threads = THREADS.computeIfAbsent(lock, each -> new ReentrantLock());
    threads.lockInterruptibly();
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (!held.isValid()) {
        throw new IOException("could not lock " + lock);
      }
      Optional<Root> present = find(key, recipe);
      return present.isPresent() ? present.get() : make(key, recipe, sources, progress);
    } finally {
      threads.unlock();
    }
  }

  private Optional<Root> find(String key, Recipe recipe) throws IOException {
    Path archive = folder.resolve(key + ".tar.zst");
    if (!Files.exists(archive)) {
      return Optional.empty();
    }
    return JsonFiles.read(folder.resolve(key + ".json"), Facts.class)
        .map(facts -> new Root(recipe.name(), archive, facts.diffId(), facts.config()));
  }

  private Root make(String key, Recipe recipe, List<String> sources, Progress progress)
      throws IOException, InterruptedException {
    progress.step("making %s of Debian packages (about a minute)".formatted(recipe.name()));
    Path work = Files.createTempDirectory(folder, "work");
    try {
      Path archive = work.resolve("root.tar.zst");
      Debootstrap.Written written = new Debootstrap(recipe, sources, work, progress).write(archive);
      List<String> environment = new ArrayList<>(recipe.config().environment());
      environment.addAll(written.environment());
      ImageConfig config = recipe.config().withEnvironment(environment);
      JsonFiles.write(folder.resolve(key + ".json"), new Facts(written.diffId(), config));
      Path complete = folder.resolve(key + ".tar.zst");
      Files.move(archive, complete, StandardCopyOption.ATOMIC_MOVE);
      return new Root(recipe.name(), complete, written.diffId(), config);
    } finally {
      try (DirectoryDescriptor parent = DirectoryDescriptor.open(folder)) {
        TreeDeletion.delete(parent, work.getFileName().toString());
      }
    }
  }
}
