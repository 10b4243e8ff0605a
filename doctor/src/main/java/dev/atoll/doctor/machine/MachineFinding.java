package dev.atoll.doctor.machine;

import java.util.Locale;

/**
 * What one check found.
 *
 * @param id such as {@code cgroups}
 * @param level how bad it is
 * @param found what there is, in words
 * @param advice what to do next; empty when nothing is
 */
public record MachineFinding(String id, Level level, String found, String advice) {
  /** How bad a finding is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Sandboxes run; something is missing or weaker than it could be. */
    WARN,
    /** Sandboxes of a tier can't run. */
    FAIL;

    /** The word used in output. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static MachineFinding ok(String id, String found) {
    return new MachineFinding(id, Level.OK, found, "");
  }

  static MachineFinding warn(String id, String found, String advice) {
    return new MachineFinding(id, Level.WARN, found, advice);
  }

  static MachineFinding fail(String id, String found, String advice) {
    return new MachineFinding(id, Level.FAIL, found, advice);
  }
}
