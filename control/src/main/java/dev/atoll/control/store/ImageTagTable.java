package dev.atoll.control.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code image_tag}. */
public final class ImageTagTable {
  private ImageTagTable() {}

  /** The id of the image that has a tag. */
  public static Optional<String> imageId(Handle handle, String tag) {
    return handle
        .createQuery("SELECT image_id FROM image_tag WHERE tag = :tag")
        .bind("tag", tag)
        .mapTo(String.class)
        .findOne();
  }

  /** The tags of an image, sorted. */
  public static List<String> tags(Handle handle, String imageId) {
    return handle
        .createQuery("SELECT tag FROM image_tag WHERE image_id = :id ORDER BY tag")
        .bind("id", imageId)
        .mapTo(String.class)
        .list();
  }

  /** Gives an image a tag, and takes it from the one that had it. */
  public static void put(Handle handle, String tag, String imageId, long now) {
    handle
        .createUpdate(
            "INSERT INTO image_tag (tag, image_id, created_at) VALUES (:tag, :id, :now)"
                + " ON CONFLICT (tag) DO UPDATE"
                + " SET image_id = excluded.image_id, created_at = excluded.created_at")
        .bind("tag", tag)
        .bind("id", imageId)
        .bind("now", now)
        .execute();
  }

  /** Removes a tag. */
  public static void delete(Handle handle, String tag) {
    handle.createUpdate("DELETE FROM image_tag WHERE tag = :tag").bind("tag", tag).execute();
  }
}
