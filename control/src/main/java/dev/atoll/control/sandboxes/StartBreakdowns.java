package dev.atoll.control.sandboxes;

import dev.atoll.protocol.worker.StartBreakdown;
import tools.jackson.databind.json.JsonMapper;

/** Where the time of a start went, as the store keeps it. */
public final class StartBreakdowns {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private StartBreakdowns() {}

  private record Stored(
      boolean pooled,
      long imageMicros,
      long cellMicros,
      long rootFilesystemMicros,
      long claimMicros,
      long execMicros) {}

  static String toJson(StartBreakdown breakdown) {
    return MAPPER.writeValueAsString(
        new Stored(
            breakdown.getPooled(),
            breakdown.getImageMicros(),
            breakdown.getCellMicros(),
            breakdown.getRootFilesystemMicros(),
            breakdown.getClaimMicros(),
            breakdown.getExecMicros()));
  }

  /** Reads what was stored. */
  public static StartBreakdown fromJson(String json) {
    Stored stored = MAPPER.readValue(json, Stored.class);
    return StartBreakdown.newBuilder()
        .setPooled(stored.pooled())
        .setImageMicros(stored.imageMicros())
        .setCellMicros(stored.cellMicros())
        .setRootFilesystemMicros(stored.rootFilesystemMicros())
        .setClaimMicros(stored.claimMicros())
        .setExecMicros(stored.execMicros())
        .build();
  }
}
