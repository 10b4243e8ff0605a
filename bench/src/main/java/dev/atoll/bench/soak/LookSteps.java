package dev.atoll.bench.soak;

import dev.atoll.sdk.Sandbox;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the server says of sandboxes, those that run and those that have ended. */
final class LookSteps {
  private LookSteps() {}

  static void identity(Session session) throws Violation, InterruptedException {
    Map<String, String> tags = session.client().repeat("tags", () -> session.sandbox().tags());
    if (!tags.equals(session.tags())) {
      throw new Violation("its tags are " + tags + " instead of " + session.tags());
    }
    Optional<String> name = session.name();
    if (name.isEmpty()) {
      return;
    }
    String id =
        session
            .client()
            .repeat(
                "found by name",
                () ->
                    session
                        .world()
                        .atoll()
                        .sandboxes()
                        .fromName(session.world().app().name(), name.get())
                        .id());
    if (!id.equals(session.sandbox().id())) {
      throw new Violation("its name leads to " + id);
    }
  }

  /** It says of its end what it said before. */
  static void ended(Session session) throws Violation, InterruptedException {
    Optional<History.Ended> any = session.world().history().any(session.random());
    if (any.isEmpty()) {
      return;
    }
    History.Ended ended = any.get();
    try (Sandbox found =
        session
            .client()
            .repeat("found by id", () -> session.world().atoll().sandboxes().fromId(ended.id()))) {
      OptionalInt exit = session.client().repeat("poll", found::poll);
      if (!exit.equals(OptionalInt.of(ended.exit()))) {
        throw new Violation(
            "%s ended with %d and now says %s".formatted(ended.id(), ended.exit(), exit));
      }
    }
    byte[] output =
        session
            .client()
            .repeat(
                "main output",
                () -> {
                  try (Sandbox found = session.world().atoll().sandboxes().fromId(ended.id())) {
                    return found.stdout().readAllBytes();
                  }
                });
    Content.mustBe(
        ended.output().getBytes(StandardCharsets.US_ASCII),
        output,
        "output of " + ended.id() + ", which ended before");
  }
}
