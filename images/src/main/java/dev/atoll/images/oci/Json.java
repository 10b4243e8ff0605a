package dev.atoll.images.oci;

import com.fasterxml.jackson.annotation.Nulls;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads documents of others: lenient about what is new, bounded by the reader of the bytes. Fields
 * may be null, what lists and maps hold may not.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
          .build();

  private Json() {}

  /**
   * Reads a document.
   *
   * @param what names it in the failure
   */
  public static <T> T read(byte[] bytes, Class<T> type, String what) {
    try {
      T value = MAPPER.readValue(bytes, type);
      if (value == null) {
        throw malformed(what, "it is null");
      }
      return value;
    } catch (JacksonException e) {
      throw malformed(what, String.valueOf(e.getOriginalMessage()));
    }
  }

  private static AtollException malformed(String what, String reason) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "%s is malformed: %s"
            .formatted(what, reason.length() > 200 ? reason.substring(0, 200) + "…" : reason));
  }
}
