package dev.atoll.images.store;

import dev.atoll.images.DiskPool;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.LoopDevice;
import dev.atoll.linux.Mounts;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with the file system of what is written. It takes no room but for what is in it, and
 * gives that back. Its mount is the store's; roots that are in use keep the file system alive when
 * the store has died, and the next one mounts the same device again. When nobody uses it and
 * nothing in it is needed, it is made anew: a loss of power leaves nothing that has to be repaired.
 */
final class VolumeFile {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeFile.class);
  private static final String PROGRAM = "mkfs.btrfs";
  private static final long MOST_STANDARD = 1L << 40;
  private static final long MEBIBYTE = 1 << 20;
  private static final int FORMAT_SECONDS = 60;

  private VolumeFile() {}

  /**
   * What can be had.
   *
   * @param volume the file system; absent when there is none
   * @param missing why new roots have no limit; absent when they have
   */
  record Opened(Optional<WritableVolume> volume, Optional<String> missing) {}

  /**
   * Mounts it, and makes it when that is wanted and possible.
   *
   * @param pool absent: only what an earlier store has left in it is of use
   * @param needed whether layers are in it
   * @throws IOException when layers are in it and it can't be mounted
   */
  static Opened open(StoreFolder folder, Optional<DiskPool> pool, boolean needed)
      throws IOException, InterruptedException {
    Path file = folder.writableFile();
    Optional<LoopDevice> live = Files.exists(file) ? LoopDevice.find(file) : Optional.empty();
    if (live.isPresent()) {
      try (LoopDevice device = live.get()) {
        Optional<WritableVolume> volume = mount(device, folder, needed);
        if (volume.isPresent()) {
          return new Opened(volume, off(pool));
        }
      }
    } else if (needed) {
      try (LoopDevice device = LoopDevice.of(file)) {
        return new Opened(mount(device, folder, true), off(pool));
      }
    }
    if (pool.isEmpty()) {
      Files.deleteIfExists(file);
      return new Opened(Optional.empty(), off(pool));
    }
    try {
      format(file, pool.get());
      try (LoopDevice device = LoopDevice.of(file)) {
        mountFresh(device, folder);
      }
      return new Opened(Optional.of(WritableVolume.open(folder.writable())), Optional.empty());
    } catch (Unavailable e) {
      return new Opened(Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      LOG.debug("no file system for what is written", e);
      Files.deleteIfExists(file);
      return new Opened(
          Optional.empty(),
          Optional.of("this host can't mount btrfs in a file: " + e.getMessage()));
    }
  }

  private static Optional<String> off(Optional<DiskPool> pool) {
    return pool.isPresent()
        ? Optional.empty()
        : Optional.of("the configuration has 'diskPool: none'");
  }

  /** One that a store has used before; empty when it can't be had and isn't needed. */
  private static Optional<WritableVolume> mount(
      LoopDevice device, StoreFolder folder, boolean needed) throws IOException {
    try {
      mountFresh(device, folder);
      return Optional.of(WritableVolume.open(folder.writable()));
    } catch (LinuxException e) {
      if (needed) {
        throw new IOException(
            "%s can't be mounted, and snapshots are in it that are nowhere else: %s"
                .formatted(folder.writableFile(), e.getMessage()),
            e);
      }
      // The last of those who used it is letting go of it.
      LOG.debug("the file system of what was written is gone", e);
      return Optional.empty();
    }
  }

  private static void mountFresh(LoopDevice device, StoreFolder folder) throws LinuxException {
    Mounts.mount(
        device.path().toString(),
        folder.writable(),
        "btrfs",
        Mounts.MS_NOSUID | Mounts.MS_NODEV,
        "discard=async");
    Mounts.makePrivate(folder.writable());
  }

  /** Makes an empty file system. The file has its name when it is complete. */
  private static void format(Path file, DiskPool pool)
      throws IOException, InterruptedException, Unavailable {
    Path program = program();
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.deleteIfExists(file);
    long bytes = size(file, pool);
    try (RandomAccessFile made = new RandomAccessFile(fresh.toFile(), "rw")) {
      made.setLength(bytes);
    }
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    Process process =
        new ProcessBuilder(
                List.of(program.toString(), "-q", "-m", "single", "-d", "single", fresh.toString()))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(FORMAT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      Files.deleteIfExists(fresh);
      throw new Unavailable(PROGRAM + " failed: " + output.strip());
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static long size(Path file, DiskPool pool) throws IOException, Unavailable {
    long free = Files.getFileStore(file.getParent()).getUsableSpace();
    long bytes =
        pool.bytes().orElseGet(() -> Math.min(free / 2, MOST_STANDARD)) / MEBIBYTE * MEBIBYTE;
    if (bytes < DiskPool.LEAST_BYTES) {
      throw new Unavailable(
          "there are only %d MiB free beside it, and a pool has half of them, at least %d MiB"
              .formatted(free / MEBIBYTE, DiskPool.LEAST_BYTES / MEBIBYTE));
    }
    return bytes;
  }

  /** Services often lack the folders of administrators' programs in their PATH. */
  private static Path program() throws Unavailable {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(":")).filter(each -> each.startsWith("/")),
            Stream.of("/usr/sbin", "/sbin"))
        .map(each -> Path.of(each, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new Unavailable(PROGRAM + " is missing: install the package btrfs-progs"));
  }

  /** Why there is none, for the operator. */
  private static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String reason) {
      super(reason);
    }
  }
}
