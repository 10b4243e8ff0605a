package dev.atoll.conformance;

import org.jspecify.annotations.Nullable;

/**
 * How one Node test ended: a line of {@code lib/reporter.mjs}.
 *
 * @param skipped why it was skipped
 * @param error what failed, with its stack
 */
record NodeResult(String name, boolean passed, @Nullable String skipped, @Nullable String error) {}
