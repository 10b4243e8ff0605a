package dev.atoll.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long each step of something took. Not thread-safe. */
final class StepTimes {
  private final List<Step> steps = new ArrayList<>();

  /** A step that is done. */
  record Step(String what, Duration took) {}

  /** What a step does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Does a step and takes its time. */
  <T> T of(String what, Work<T> work) throws IOException, InterruptedException {
    long start = System.nanoTime();
    T result = work.run();
    steps.add(new Step(what, Duration.ofNanos(System.nanoTime() - start)));
    return result;
  }

  /** The steps that are done, in order. */
  List<Step> steps() {
    return List.copyOf(steps);
  }
}
