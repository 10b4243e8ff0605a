package dev.atoll.worker.router;

import dev.atoll.cells.CellEndedException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageStore;
import dev.atoll.protocol.router.TaskMountDirectoryRequest;
import dev.atoll.protocol.router.TaskUnmountDirectoryRequest;
import dev.atoll.worker.TaskAccess;
import dev.atoll.worker.TaskImages;
import dev.atoll.worker.calls.DiskFull;
import dev.atoll.worker.mount.FolderPaths;
import dev.atoll.worker.task.RunningTask;
import dev.atoll.worker.task.Tasks;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mounts images in tasks, and unmounts them, as clients ask. Thread-safe. */
public final class ImageMounts {
  private static final Logger log = LoggerFactory.getLogger(ImageMounts.class);

  private final Tasks tasks;
  private final ImageStore images;
  private final TaskImages taskImages;

  /** Mounts of a worker's images in its tasks. */
  public ImageMounts(Tasks tasks, ImageStore images, TaskImages taskImages) {
    this.tasks = tasks;
    this.images = images;
    this.taskImages = taskImages;
  }

  void mount(TaskMountDirectoryRequest request, TaskAccess access) throws Exception {
    UnservedFields.refuse(request.getContainerId(), request.hasCustomerSuppliedEncryptionKey());
    String path = FolderPaths.parse(request.getPath());
    RunningTask task = tasks.running(request.getTaskId());
    Optional<Image> image =
        request.getImageId().isEmpty()
            ? Optional.empty()
            : Optional.of(image(access, request.getImageId()));
    change(request.getTaskId(), task, () -> task.mounts().mount(path, image));
  }

  void unmount(TaskUnmountDirectoryRequest request) throws Exception {
    UnservedFields.refuse(request.getContainerId(), false);
    String path = FolderPaths.parse(request.getPath());
    RunningTask task = tasks.running(request.getTaskId());
    change(request.getTaskId(), task, () -> task.mounts().unmount(path));
  }

  private Image image(TaskAccess access, String imageId) {
    return images
        .find(new ImageDigest(taskImages.use(access, imageId)))
        .orElseThrow(
            () -> AtollException.notFound("image '%s' is not present on this worker", imageId));
  }

  private interface Change {
    void run() throws Exception;
  }

  private static void change(String taskId, RunningTask task, Change change) throws Exception {
    task.idle().hold();
    try {
      change.run();
    } catch (IOException failure) {
      throw explain(taskId, task, failure);
    } finally {
      task.idle().release();
    }
  }

  private static AtollException explain(String taskId, RunningTask task, IOException failure) {
    if (failure instanceof CellEndedException || task.isOver()) {
      return new AtollException(
          ErrorCode.FAILED_PRECONDITION, "task '%s' has ended".formatted(taskId), failure);
    }
    Optional<AtollException> full = DiskFull.explain(failure);
    if (full.isPresent()) {
      return full.get();
    }
    log.error("an image of task {} could not be mounted or unmounted", taskId, failure);
    return new AtollException(
        ErrorCode.INTERNAL,
        ("task '%s': the image could not be mounted or unmounted on this host; the worker's log has"
                + " the details")
            .formatted(taskId),
        failure);
  }
}
