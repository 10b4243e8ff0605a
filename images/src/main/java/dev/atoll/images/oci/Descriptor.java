package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.util.regex.Pattern;

/**
 * Names a blob (OCI image spec, descriptor).
 *
 * @param mediaType what it is; may be empty
 * @param digest of its bytes; always SHA-256
 * @param size in bytes
 */
public record Descriptor(String mediaType, String digest, long size) {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  public Descriptor {
    if (!DIGEST.matcher(digest).matches()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "'%s' is no digest that is supported: sha256: and 64 hex digits"
              .formatted(digest.length() > 100 ? digest.substring(0, 100) + "…" : digest));
    }
    if (size < 0) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION, "the blob %s has the size %d".formatted(digest, size));
    }
  }

  boolean isIndex() {
    return mediaType.equals("application/vnd.oci.image.index.v1+json")
        || mediaType.equals("application/vnd.docker.distribution.manifest.list.v2+json");
  }
}
