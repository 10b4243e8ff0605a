package dev.atoll.control.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The table {@code pending_build}, whose requests are sealed. */
public final class PendingBuildTable {
  private PendingBuildTable() {}

  /** An image that is being built, and what asked for it. */
  public record Row(String imageId, ImageGetOrCreateRequest request) {}

  /** Keeps what an image's build was asked with until the build ends. */
  public static void insert(Handle handle, String imageId, ImageGetOrCreateRequest request) {
    handle
        .createUpdate("INSERT INTO pending_build (image_id, request) VALUES (:id, :request)")
        .bind("id", imageId)
        .bind("request", Sealing.seal(handle, place(imageId), request.toByteArray()))
        .execute();
  }

  /** Every build that has not ended. */
  public static List<Row> all(Handle handle) {
    return handle
        .createQuery("SELECT image_id, request FROM pending_build")
        .map((result, context) -> row(handle, result.getString("image_id"), result.getBytes(2)))
        .list();
  }

  /** Forgets it. */
  public static void delete(Handle handle, String imageId) {
    handle
        .createUpdate("DELETE FROM pending_build WHERE image_id = :id")
        .bind("id", imageId)
        .execute();
  }

  /** What a request is sealed for. */
  static String place(String imageId) {
    return "pending_build/" + imageId;
  }

  private static Row row(Handle handle, String imageId, byte[] sealed) {
    return new Row(imageId, parse(Sealing.open(handle, place(imageId), sealed)));
  }

  private static ImageGetOrCreateRequest parse(byte[] bytes) {
    try {
      return ImageGetOrCreateRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException damaged) {
      throw new IllegalStateException("the table pending_build is damaged", damaged);
    }
  }
}
