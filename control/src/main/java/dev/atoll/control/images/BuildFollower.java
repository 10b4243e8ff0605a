package dev.atoll.control.images;

import dev.atoll.control.calls.WirePatience;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.ImageTable;
import dev.atoll.protocol.modal.FileDescriptor;
import dev.atoll.protocol.modal.ImageJoinStreamingRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingResponse;
import dev.atoll.protocol.modal.TaskLogs;
import java.time.Duration;
import java.util.Optional;

/**
 * Follows a build: its log, then its result. An entry id is the position in the log after the
 * entry, so that a reader resumes where it stopped, also after a restart of the server.
 */
public final class BuildFollower {
  private final Database database;
  private final Images images;

  /** Creates it. */
  public BuildFollower(Database database, Images images) {
    this.database = database;
    this.images = images;
  }

  /** Takes what is said, and answers whether anybody still listens. */
  public interface Listener {
    /** Takes one piece; waits while the reader is slow. */
    boolean take(ImageJoinStreamingResponse response) throws InterruptedException;
  }

  /** Says everything after the request's entry until the result, or until its timeout is over. */
  public void follow(ImageJoinStreamingRequest request, Listener listener)
      throws InterruptedException {
    String imageId = request.getImageId();
    database.read(handle -> Images.require(handle, imageId));
    long position = position(request.getLastEntryId());
    long deadline = System.nanoTime() + WirePatience.of(request.getTimeout()).toNanos();
    Optional<BuildLog> log = images.builds().log(imageId);
    if (log.isPresent()) {
      boolean more = true;
      while (more) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        BuildLog.Piece piece = log.get().read(position, left);
        if (!piece.text().isEmpty() && !listener.take(entry(piece).build())) {
          return;
        }
        position = piece.end();
        more = !piece.last();
        if (more && piece.text().isEmpty() && left.isNegative()) {
          return;
        }
      }
    } else if (request.getIncludeLogsForFinished() || position > 0) {
      ImageTable.Log stored = database.read(handle -> ImageTable.buildLog(handle, imageId));
      BuildLog.Piece piece = BuildLog.piece(stored, position);
      while (!piece.text().isEmpty()) {
        if (!listener.take(entry(piece).build())) {
          return;
        }
        piece = BuildLog.piece(stored, piece.end());
      }
    }
    ImageTable.Row row = database.read(handle -> Images.require(handle, imageId));
    ImageJoinStreamingResponse.Builder last =
        ImageJoinStreamingResponse.newBuilder().setEof(true).setMetadata(BuildResults.metadata());
    BuildResults.of(row).ifPresent(last::setResult);
    if (last.hasResult()) {
      listener.take(last.build());
    }
  }

  private static ImageJoinStreamingResponse.Builder entry(BuildLog.Piece piece) {
    return ImageJoinStreamingResponse.newBuilder()
        .setEntryId(Long.toString(piece.end()))
        .addTaskLogs(
            TaskLogs.newBuilder()
                .setData(piece.text())
                .setFileDescriptor(FileDescriptor.FILE_DESCRIPTOR_STDOUT)
                .setTimestamp(Clock.seconds(Clock.now())));
  }

  private static long position(String entryId) {
    try {
      return entryId.isEmpty() ? 0 : Math.max(0, Long.parseLong(entryId));
    } catch (NumberFormatException foreign) {
      return 0;
    }
  }
}
