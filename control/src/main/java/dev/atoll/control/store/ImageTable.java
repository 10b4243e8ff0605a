package dev.atoll.control.store;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The tables {@code image}, {@code image_definition} and {@code removed_digest}. */
public final class ImageTable {
  private static final String REMOVE_UNNAMED =
      "INSERT INTO removed_digest (digest) SELECT :digest"
          + " WHERE NOT EXISTS (SELECT 1 FROM image WHERE digest = :digest)"
          + " ON CONFLICT (digest) DO NOTHING";

  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              result.getString("image_id"),
              Optional.ofNullable(result.getString("definition_hash")),
              Optional.ofNullable(result.getString("digest")),
              State.valueOf(result.getString("state").toUpperCase(Locale.ROOT)),
              Optional.ofNullable(result.getString("error")),
              Optional.ofNullable(result.getString("environment_id")),
              result.getLong("created_at"));

  private ImageTable() {}

  /** How far an image is. */
  public enum State {
    /** Its build or its pull is under way. */
    BUILDING,
    /** The worker has it. */
    READY,
    /** Its build or its pull failed. */
    FAILED;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An image, without its build log.
   *
   * @param environmentId the environment that it was made for; empty: all of them
   */
  public record Row(
      String imageId,
      Optional<String> definitionHash,
      Optional<String> digest,
      State state,
      Optional<String> error,
      Optional<String> environmentId,
      long createdAt) {}

  /** The image of that id, unless its time is over. */
  public static Optional<Row> byId(Handle handle, String imageId) {
    return handle
        .createQuery(
            "SELECT * FROM image WHERE image_id = :id"
                + " AND (expires_at IS NULL OR expires_at > :now)")
        .bind("id", imageId)
        .bind("now", Clock.now())
        .map(ROW)
        .findOne();
  }

  /** The image that a definition means at present. */
  public static Optional<Row> byDefinition(Handle handle, String definitionHash) {
    return handle
        .createQuery(
            "SELECT i.* FROM image i JOIN image_definition d ON d.image_id = i.image_id"
                + " WHERE d.definition_hash = :hash")
        .bind("hash", definitionHash)
        .map(ROW)
        .findOne();
  }

  /** An imported image of all environments with that digest. */
  public static Optional<Row> importedByDigest(Handle handle, String digest) {
    return handle
        .createQuery(
            "SELECT * FROM image WHERE digest = :digest AND definition_hash IS NULL"
                + " AND environment_id IS NULL")
        .bind("digest", digest)
        .map(ROW)
        .findFirst();
  }

  /** An image with that digest that has a tag, whatever it was made of. */
  public static Optional<Row> taggedByDigest(Handle handle, String digest) {
    return handle
        .createQuery(
            "SELECT i.* FROM image i WHERE i.digest = :digest"
                + " AND EXISTS (SELECT 1 FROM image_tag t WHERE t.image_id = i.image_id)")
        .bind("digest", digest)
        .map(ROW)
        .findFirst();
  }

  /** All images whose time isn't over, the newest first. */
  public static List<Row> list(Handle handle) {
    return handle
        .createQuery(
            "SELECT * FROM image WHERE expires_at IS NULL OR expires_at > :now"
                + " ORDER BY created_at DESC")
        .bind("now", Clock.now())
        .map(ROW)
        .list();
  }

  /** Images whose time is over and on which no sandbox runs. */
  public static List<Row> expired(Handle handle) {
    return handle
        .createQuery(
            "SELECT * FROM image i WHERE i.expires_at <= :now AND NOT EXISTS"
                + " (SELECT 1 FROM sandbox s WHERE s.image_id = i.image_id"
                + " AND s.state <> 'ended')")
        .bind("now", Clock.now())
        .map(ROW)
        .list();
  }

  /** Gives an image an end, in microseconds since the epoch. */
  public static void expire(Handle handle, String imageId, long at) {
    handle
        .createUpdate("UPDATE image SET expires_at = :at WHERE image_id = :id")
        .bind("at", at)
        .bind("id", imageId)
        .execute();
  }

  /** From now on each use of an image moves its end to that many microseconds later. */
  public static void renewFor(Handle handle, String imageId, long micros) {
    handle
        .createUpdate("UPDATE image SET renewed_for = :micros WHERE image_id = :id")
        .bind("micros", micros)
        .bind("id", imageId)
        .execute();
  }

  /** Moves the end of an image that lasts as long as it is used. */
  public static void renew(Handle handle, String imageId) {
    handle
        .createUpdate(
            "UPDATE image SET expires_at = :now + renewed_for"
                + " WHERE image_id = :id AND renewed_for IS NOT NULL")
        .bind("now", Clock.now())
        .bind("id", imageId)
        .execute();
  }

  /**
   * The end of a build's log.
   *
   * @param start how many characters of the log came before
   * @param text the rest of it
   */
  public record Log(long start, String text) {}

  /** The log of a finished build. */
  public static Log buildLog(Handle handle, String imageId) {
    return handle
        .createQuery("SELECT build_log_start, build_log FROM image WHERE image_id = :id")
        .bind("id", imageId)
        .map(
            (result, context) ->
                new Log(result.getLong("build_log_start"), result.getString("build_log")))
        .findOne()
        .orElse(new Log(0, ""));
  }

  /** Adds an image. */
  public static void insert(Handle handle, Row row) {
    handle
        .createUpdate(
            "INSERT INTO image (image_id, definition_hash, digest, state, error, environment_id,"
                + " created_at) VALUES (:id, :hash, :digest, :state, :error, :environment,"
                + " :createdAt)")
        .bind("id", row.imageId())
        .bind("hash", row.definitionHash())
        .bind("digest", row.digest())
        .bind("state", row.state().label())
        .bind("error", row.error())
        .bind("environment", row.environmentId())
        .bind("createdAt", row.createdAt())
        .execute();
    row.digest().ifPresent(digest -> keepDigest(handle, digest));
  }

  /** Makes a definition mean this image from now on. */
  public static void define(Handle handle, String definitionHash, String imageId) {
    handle
        .createUpdate(
            "INSERT INTO image_definition (definition_hash, image_id) VALUES (:hash, :id)"
                + " ON CONFLICT (definition_hash) DO UPDATE SET image_id = excluded.image_id")
        .bind("hash", definitionHash)
        .bind("id", imageId)
        .execute();
  }

  /** Ends a build well. */
  public static void ready(Handle handle, String imageId, String digest, Log log) {
    handle
        .createUpdate(
            "UPDATE image SET state = 'ready', digest = :digest, build_log = :log,"
                + " build_log_start = :start"
                + " WHERE image_id = :id AND state = 'building'")
        .bind("digest", digest)
        .bind("log", StoredText.of(log.text()))
        .bind("start", log.start())
        .bind("id", imageId)
        .execute();
    keepDigest(handle, digest);
  }

  /** Ends a build badly. */
  public static void failed(Handle handle, String imageId, String error, Log log) {
    handle
        .createUpdate(
            "UPDATE image SET state = 'failed', error = :error, build_log = :log,"
                + " build_log_start = :start"
                + " WHERE image_id = :id AND state = 'building'")
        .bind("error", StoredText.of(error))
        .bind("log", StoredText.of(log.text()))
        .bind("start", log.start())
        .bind("id", imageId)
        .execute();
  }

  /** Ends builds of which nobody knows what was asked for: those of an older server. */
  public static int failForgotten(Handle handle, String error) {
    return handle
        .createUpdate(
            "UPDATE image SET state = 'failed', error = :error WHERE state = 'building'"
                + " AND image_id NOT IN (SELECT image_id FROM pending_build)")
        .bind("error", error)
        .execute();
  }

  /** Removes an image; its digest is marked for removal when no other image has it. */
  public static void delete(Handle handle, Row row) {
    handle
        .createUpdate("DELETE FROM image WHERE image_id = :id")
        .bind("id", row.imageId())
        .execute();
    row.digest().ifPresent(digest -> removeUnnamed(handle, List.of(digest)));
  }

  /** Marks those digests for removal that no image has; how many of them were not yet marked. */
  public static int removeUnnamed(Handle handle, List<String> digests) {
    int marked = 0;
    for (String digest : digests) {
      marked += handle.createUpdate(REMOVE_UNNAMED).bind("digest", digest).execute();
    }
    return marked;
  }

  /** Digests that the worker shall forget. */
  public static List<String> removedDigests(Handle handle) {
    return handle.createQuery("SELECT digest FROM removed_digest").mapTo(String.class).list();
  }

  /** Takes a digest off the list of those that the worker shall forget. */
  public static void keepDigest(Handle handle, String digest) {
    handle
        .createUpdate("DELETE FROM removed_digest WHERE digest = :digest")
        .bind("digest", digest)
        .execute();
  }
}
