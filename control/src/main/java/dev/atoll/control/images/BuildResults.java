package dev.atoll.control.images;

import dev.atoll.control.apps.Environments;
import dev.atoll.control.store.ImageTable;
import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.ImageMetadata;
import java.util.Optional;

/** How a build ended, as the wire says it. */
final class BuildResults {
  private BuildResults() {}

  /** The result; absent while the build is under way. */
  static Optional<GenericResult> of(ImageTable.Row row) {
    return switch (row.state()) {
      case BUILDING -> Optional.empty();
      case READY ->
          Optional.of(
              GenericResult.newBuilder().setStatus(GenericStatus.GENERIC_STATUS_SUCCESS).build());
      case FAILED ->
          Optional.of(
              GenericResult.newBuilder()
                  .setStatus(GenericStatus.GENERIC_STATUS_FAILURE)
                  .setException(row.error().orElse(""))
                  .build());
    };
  }

  /** What clients are told about every image. */
  static ImageMetadata metadata() {
    return ImageMetadata.newBuilder()
        .setImageBuilderVersion(Environments.IMAGE_BUILDER_VERSION)
        .build();
  }
}
