package dev.atoll.bench.soak;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What was done, what had to be repeated, and what went wrong. For use by many threads. */
final class Tally {
  private static final int MOST_VIOLATIONS = 20;

  private final Map<String, LongAdder> calls = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> done = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> repeated = new ConcurrentSkipListMap<>();
  private final List<Found> violations = new CopyOnWriteArrayList<>();

  /** A violation, and when it was noticed. */
  record Found(String time, String what) {}

  void called(String kind) {
    add(calls, kind);
  }

  /** What calls are for: a step, a sandbox's end, a server's end. */
  void done(String kind) {
    add(done, kind);
  }

  /** A call failed while the server was away, and is made again. */
  void repeated(String kind, Throwable failure) {
    add(repeated, kind + " " + failure.getClass().getSimpleName());
  }

  void violated(String what) {
    violations.add(new Found(Instant.now().toString(), what));
  }

  void violated(Violation violation) {
    violated(String.valueOf(violation.getMessage()));
  }

  List<Found> violations() {
    return List.copyOf(violations);
  }

  /** Whether so much has gone wrong that more would say nothing new. */
  boolean isHopeless() {
    return violations.size() >= MOST_VIOLATIONS;
  }

  Map<String, Long> calls() {
    return sums(calls);
  }

  Map<String, Long> counts() {
    return sums(done);
  }

  Map<String, Long> repetitions() {
    return sums(repeated);
  }

  private static void add(Map<String, LongAdder> counts, String key) {
    counts.computeIfAbsent(key, _ -> new LongAdder()).increment();
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counts) {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((key, count) -> sums.put(key, count.sum()));
    return sums;
  }
}
