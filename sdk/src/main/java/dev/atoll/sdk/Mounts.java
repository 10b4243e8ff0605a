package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskMountDirectoryRequest;
import dev.atoll.protocol.router.TaskUnmountDirectoryRequest;
import dev.atoll.sdk.transport.Router;

/** Asks for images on folders of a sandbox. */
final class Mounts {
  private final Router router;

  Mounts(Router router) {
    this.router = router;
  }

  /** Without an image's id it is an empty folder. */
  void mount(String path, String imageId) {
    router.call(
        TaskCommandRouterGrpc.getTaskMountDirectoryMethod(),
        TaskMountDirectoryRequest.newBuilder()
            .setTaskId(router.taskId())
            .setPath(ByteString.copyFromUtf8(path))
            .setImageId(imageId)
            .build());
  }

  void unmount(String path) {
    router.call(
        TaskCommandRouterGrpc.getTaskUnmountDirectoryMethod(),
        TaskUnmountDirectoryRequest.newBuilder()
            .setTaskId(router.taskId())
            .setPath(ByteString.copyFromUtf8(path))
            .build());
  }
}
