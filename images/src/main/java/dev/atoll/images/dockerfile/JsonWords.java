package dev.atoll.images.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/** Recognises the exec form. */
final class JsonWords {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonWords() {}

  /** The words of a JSON array of strings; empty when the text is anything else. */
  static Optional<List<String>> parse(String text) {
    if (!text.startsWith("[")) {
      return Optional.empty();
    }
    try (JsonParser parser =
        JSON.createParser(tools.jackson.core.ObjectReadContext.empty(), text)) {
      List<String> words = new ArrayList<>();
      parser.nextToken();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token != JsonToken.VALUE_STRING) {
          return Optional.empty();
        }
        words.add(parser.getString());
      }
      return parser.nextToken() == null ? Optional.of(List.copyOf(words)) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
