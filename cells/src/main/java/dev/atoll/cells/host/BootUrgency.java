package dev.atoll.cells.host;

import java.time.Duration;

/** Whether somebody waits for a boot, and how long it may take. */
enum BootUrgency {
  /** A create can't go on without it. */
  AWAITED(Duration.ofSeconds(20), Duration.ofSeconds(10)),
  /** It fills the pool; on a busy host it gets little of the processors. */
  BACKGROUND(Duration.ofSeconds(60), Duration.ofSeconds(60));

  private final Duration script;
  private final Duration hello;

  BootUrgency(Duration script, Duration hello) {
    this.script = script;
    this.hello = hello;
  }

  /** How long the runtime's programs may take. */
  Duration script() {
    return script;
  }

  /** How long the agent may take to call after that. */
  Duration hello() {
    return hello;
  }
}
