package dev.atoll.cells.agent;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A question to the agent about the whole cell, and its answer. */
record AgentRequest(String name, CompletableFuture<Answer> answer) {
  /** An errno and the step that failed, or what was asked for. */
  record Answer(int errno, String step, Optional<Place> place) {}

  /** The dock path of the mount that holds a folder (empty: the root), and the path in it; raw. */
  record Place(String source, String path) {}

  AgentRequest(String name) {
    this(name, new CompletableFuture<>());
  }
}
