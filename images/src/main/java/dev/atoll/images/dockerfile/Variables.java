package dev.atoll.images.dockerfile;

import java.util.Optional;

/** The variables that hold at one place of a Dockerfile: ENV, and ARG where no ENV hides it. */
@FunctionalInterface
public interface Variables {
  /** A variable's value; empty when it isn't set. */
  Optional<String> get(String name);
}
