package dev.atoll.sdk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.function.Function;

/** Reads JSON that anybody may have written. */
final class Json {
  private Json() {}

  interface Reading<T> {
    T of(JsonElement json) throws IOException;
  }

  /**
   * What a text says; if it is no JSON, or not what is read, the exception that is made of that.
   */
  static <T> T read(
      String text, Reading<T> reading, Function<RuntimeException, IOException> otherwise)
      throws IOException {
    try {
      return reading.of(JsonParser.parseString(text));
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NumberFormatException
        | UnsupportedOperationException e) {
      throw otherwise.apply(e);
    }
  }

  /** A field that has to be there. */
  static JsonElement field(JsonElement json, String name) {
    JsonObject fields = json.getAsJsonObject();
    if (!fields.has(name)) {
      throw new JsonParseException("the field '" + name + "' is missing");
    }
    return fields.get(name);
  }
}
