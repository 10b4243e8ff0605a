package dev.atoll.control.sandboxes;

import dev.atoll.protocol.worker.StartBreakdown;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Where the time of a start went, as the store and the answer to a create have it. */
public final class StartBreakdowns {
  // Servers before have stored fewer numbers: those that are missing are 0.
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private StartBreakdowns() {}

  private record Stored(
      boolean pooled,
      long placedMicros,
      long imageMicros,
      long cellMicros,
      long rootFilesystemMicros,
      long networkMicros,
      long claimMicros,
      long execMicros,
      long readyMicros) {}

  /** As a JSON object. */
  static String toJson(StartBreakdown breakdown) {
    return MAPPER.writeValueAsString(
        new Stored(
            breakdown.getPooled(),
            breakdown.getPlacedMicros(),
            breakdown.getImageMicros(),
            breakdown.getCellMicros(),
            breakdown.getRootFilesystemMicros(),
            breakdown.getNetworkMicros(),
            breakdown.getClaimMicros(),
            breakdown.getExecMicros(),
            breakdown.getReadyMicros()));
  }

  /** Reads what was stored. */
  public static StartBreakdown fromJson(String json) {
    Stored stored = MAPPER.readValue(json, Stored.class);
    return StartBreakdown.newBuilder()
        .setPooled(stored.pooled())
        .setPlacedMicros(stored.placedMicros())
        .setImageMicros(stored.imageMicros())
        .setCellMicros(stored.cellMicros())
        .setRootFilesystemMicros(stored.rootFilesystemMicros())
        .setNetworkMicros(stored.networkMicros())
        .setClaimMicros(stored.claimMicros())
        .setExecMicros(stored.execMicros())
        .setReadyMicros(stored.readyMicros())
        .build();
  }
}
