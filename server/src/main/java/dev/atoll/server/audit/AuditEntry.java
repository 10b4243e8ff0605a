package dev.atoll.server.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A call that has ended.
 *
 * @param time when it ended
 * @param token the id of the token that it came with; empty when it had no valid one
 * @param address where it came from
 * @param method what it asked for, such as {@code SandboxCreate}
 * @param status how it ended, such as {@code OK}
 * @param subjects ids and names of what it is about
 */
public record AuditEntry(
    Instant time,
    String token,
    String address,
    String method,
    String status,
    Map<String, Object> subjects) {
  public AuditEntry {
    subjects = Map.copyOf(subjects);
  }

  /** As the keys and values of a line. */
  Map<String, Object> line() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("token", token);
    line.put("address", address);
    line.put("method", method);
    line.put("status", status);
    subjects.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(subject -> line.put(subject.getKey(), subject.getValue()));
    return line;
  }
}
