package dev.atoll.worker.mount;

import dev.atoll.cells.Cell;
import dev.atoll.cells.FolderLocation;
import dev.atoll.cells.RefusedException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageStore;
import dev.atoll.images.WritableFilesystem;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.Mounts;
import dev.atoll.protocol.records.MountedImage;
import dev.atoll.protocol.records.MountsRecord;
import dev.atoll.worker.calls.Native;
import dev.atoll.worker.cell.ClaimedCell;
import dev.atoll.worker.record.TaskFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that are mounted in one task. Its calls take turns, and block on virtual threads
 * without holding a carrier. Thread-safe.
 */
public final class TaskMounts {
  /** Of the 128 that the guest agent keeps. */
  static final int MOST = 32;

  private static final Logger log = LoggerFactory.getLogger(TaskMounts.class);

  private final ClaimedCell claimed;
  private final ImageStore images;
  private final Native threads;
  private final TaskFolder folder;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<Path, Mounted> byDockEntry = new ConcurrentHashMap<>();
  private boolean closed;

  private record Mounted(
      Path dockEntry, WritableFilesystem filesystem, Optional<Image> image, ImageConfig config) {
    static Mounted of(Path dockEntry, WritableFilesystem filesystem, Optional<Image> image) {
      return new Mounted(
          dockEntry, filesystem, image, image.map(Image::config).orElseGet(ImageConfig::empty));
    }

    MountedImage record() {
      return MountedImage.newBuilder()
          .setDockEntry(dockEntry.getFileName().toString())
          .setFilesystem(filesystem.reference())
          .setImageDigest(image.map(below -> below.digest().toString()).orElse(""))
          .build();
    }
  }

  /**
   * A folder of a task's files.
   *
   * @param filesystem that holds it: the task's root, or a mounted image
   * @param config of the image below that file system
   * @param location where it is
   * @param asked the path that it was asked for by
   */
  public record Place(
      WritableFilesystem filesystem, ImageConfig config, FolderLocation location, String asked) {}

  /** Nothing is mounted yet. What will be is kept in the task's folder. */
  public TaskMounts(ClaimedCell claimed, ImageStore images, Native threads, TaskFolder folder) {
    this.claimed = claimed;
    this.images = images;
    this.threads = threads;
    this.folder = folder;
  }

  /** Goes on with what is mounted in a task of a worker that died. */
  public static TaskMounts resume(
      ClaimedCell claimed, ImageStore images, Native threads, TaskFolder folder)
      throws IOException {
    TaskMounts mounts = new TaskMounts(claimed, images, threads, folder);
    for (MountedImage kept : folder.mounts().getMountsList()) {
      mounts.resume(kept);
    }
    return mounts;
  }

  private void resume(MountedImage kept) {
    Path entry = cell().dock().resolve(kept.getDockEntry());
    try {
      Optional<Image> image =
          kept.getImageDigest().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  images
                      .find(new ImageDigest(kept.getImageDigest()))
                      .orElseThrow(() -> new IOException("its image is gone")));
      WritableFilesystem filesystem =
          images.takeBack(kept.getFilesystem(), image, claimed.rootFilesystem().idMapping(), entry);
      byDockEntry.put(entry, Mounted.of(entry, filesystem, image));
    } catch (IOException | RuntimeException gone) {
      // It was written down before it was mounted, or was unmounted before that was written down.
      log.debug("{} is not mounted any more", entry, gone);
    }
  }

  /**
   * Mounts an image on a folder inside, which is made when it is missing; over what is there, and
   * instead of an image that is mounted there already.
   *
   * @param path absolute
   * @param image absent: an empty folder
   * @throws AtollException with the reason for the user
   * @throws IOException when this host can't, or the cell has ended
   */
  public void mount(String path, Optional<Image> image) throws Exception {
    FolderPaths.refuseReserved(path);
    Whole.run(() -> inTurn(() -> attach(path, image)));
  }

  /**
   * Takes an image away that is mounted on a folder inside. Processes that are in it lose what was
   * written to it.
   *
   * @param path absolute
   * @throws AtollException NOT_FOUND when no image is mounted there
   * @throws IOException when this host can't, or the cell has ended
   */
  public void unmount(String path) throws Exception {
    Whole.run(() -> inTurn(() -> detach(path)));
  }

  /**
   * Finds a folder inside.
   *
   * @param path absolute
   * @throws AtollException with the reason for the user, when there is no such folder or it is none
   *     of the task's own
   * @throws IOException when the cell has ended
   */
  public Place locate(String path) throws IOException, InterruptedException {
    FolderPaths.refuseKernels(FolderPaths.relative(path), path);
    FolderLocation location = find(path);
    if (location.dockEntry().isEmpty()) {
      FolderPaths.refuseKernels(location.path(), path);
      return new Place(claimed.rootFilesystem(), claimed.image().config(), location, path);
    }
    Mounted mounted = require(location.dockEntry().get(), path);
    return new Place(mounted.filesystem(), mounted.config(), location, path);
  }

  /** The root of the task's files. */
  public Place root() {
    return new Place(
        claimed.rootFilesystem(),
        claimed.image().config(),
        new FolderLocation(Optional.empty(), ""),
        "/");
  }

  /** Releases everything; the cell must have ended. Waits for a call that is under way. */
  public void close() throws IOException {
    turn.lock();
    try {
      closed = true;
      for (Mounted mounted : List.copyOf(byDockEntry.values())) {
        release(mounted);
      }
    } finally {
      turn.unlock();
    }
  }

  private void inTurn(Whole.Work work) throws Exception {
    turn.lock();
    try {
      if (closed) {
        throw new AtollException(ErrorCode.FAILED_PRECONDITION, "the task has ended");
      }
      work.run();
    } finally {
      turn.unlock();
    }
  }

  private void attach(String path, Optional<Image> image) throws Exception {
    Optional<Path> replaced = mountedAt(path);
    if (replaced.isEmpty() && byDockEntry.size() >= MOST) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "a sandbox can have at most %d images mounted; unmount one first".formatted(MOST));
    }
    Mounted fresh = Native.call(threads.mounts(), () -> prepare(image));
    byDockEntry.put(fresh.dockEntry(), fresh);
    try {
      record();
    } catch (IOException full) {
      discard(fresh);
      throw full;
    }
    try {
      if (replaced.isPresent()) {
        cell().replaceMount(fresh.dockEntry(), replaced.get(), false);
      } else {
        cell().mount(fresh.dockEntry(), path, false);
      }
    } catch (RefusedException refused) {
      // After any other failure it may be mounted all the same, and stays until the task ends.
      discard(fresh);
      throw FolderFailure.explain(refused, path);
    }
    if (replaced.isPresent()) {
      discard(require(replaced.get(), path));
    }
  }

  private void detach(String path) throws Exception {
    Path entry =
        mountedAt(path)
            .orElseThrow(
                () ->
                    AtollException.notFound(
                        "path '%s': no image is mounted there", FolderPaths.shown(path)));
    try {
      cell().unmount(entry);
    } catch (RefusedException refused) {
      throw FolderFailure.explain(refused, path);
    }
    discard(require(entry, path));
  }

  /** What is mounted on exactly this folder; the folder may be missing. */
  private Optional<Path> mountedAt(String path) throws IOException, InterruptedException {
    try {
      FolderLocation location = cell().locate(path);
      return location.path().isEmpty() ? location.dockEntry() : Optional.empty();
    } catch (RefusedException missing) {
      return Optional.empty();
    }
  }

  private FolderLocation find(String path) throws IOException, InterruptedException {
    try {
      return cell().locate(path);
    } catch (RefusedException refused) {
      throw FolderFailure.explain(refused, path);
    }
  }

  private Mounted prepare(Optional<Image> image) throws IOException {
    WritableFilesystem filesystem = images.writableFilesystem(image, claimed.rootFilesystem());
    try {
      Path entry = cell().dockEntry();
      filesystem.mountAt(entry);
      return Mounted.of(entry, filesystem, image);
    } catch (IOException | RuntimeException failure) {
      filesystem.close();
      throw failure;
    }
  }

  /** Releases what is mounted nowhere inside any more. What can't be released now is at the end. */
  private void discard(Mounted mounted) throws Exception {
    try {
      Native.call(
          threads.releases(),
          () -> {
            release(mounted);
            return mounted;
          });
    } catch (IOException left) {
      log.warn("an image that was unmounted could not be released yet", left);
    }
  }

  private void release(Mounted mounted) throws IOException {
    try {
      Mounts.unmountLazily(mounted.dockEntry());
      Files.deleteIfExists(mounted.dockEntry());
    } catch (LinuxException alreadyGone) {
      // The cell's end unmounts its dock; whether something is left, the close below tells.
      log.debug("{} is not mounted any more", mounted.dockEntry(), alreadyGone);
    }
    mounted.filesystem().close();
    byDockEntry.remove(mounted.dockEntry());
    if (!closed) {
      record();
    }
  }

  private void record() throws IOException {
    folder.mounts(
        MountsRecord.newBuilder()
            .addAllMounts(byDockEntry.values().stream().map(Mounted::record).toList())
            .build());
  }

  private Mounted require(Path entry, String path) {
    return Optional.ofNullable(byDockEntry.get(entry)).orElseThrow(() -> gone(path));
  }

  private static AtollException gone(String path) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "path '%s': what is mounted there was unmounted meanwhile"
            .formatted(FolderPaths.shown(path)));
  }

  private Cell cell() {
    return claimed.cell();
  }
}
