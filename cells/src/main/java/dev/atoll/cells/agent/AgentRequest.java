package dev.atoll.cells.agent;

import java.util.concurrent.CompletableFuture;

/**
 * A question to the agent about the whole cell, and its answer: an errno and the step that failed.
 */
record AgentRequest(String name, CompletableFuture<Answer> answer) {
  record Answer(int errno, String step) {}

  AgentRequest(String name) {
    this(name, new CompletableFuture<>());
  }
}
