package dev.atoll.images;

import dev.atoll.errors.AtollException;
import java.util.regex.Pattern;

/**
 * The name of an image on this host: the SHA-256 of its layers and config.
 *
 * @param value {@code sha256:} and 64 lower-case hexadecimal digits (OCI image spec, descriptor)
 */
public record ImageDigest(String value) {
  private static final Pattern SHAPE = Pattern.compile("sha256:[0-9a-f]{64}");

  public ImageDigest {
    if (!SHAPE.matcher(value).matches()) {
      throw AtollException.invalid("'%s' is no image digest: sha256: and 64 hex digits", value);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
