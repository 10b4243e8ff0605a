/**
 * When a sandbox is ready, as its own readiness probe has it.
 *
 * <p>A {@link dev.atoll.worker.readiness.ReadinessProbe} says what to try; a {@link
 * dev.atoll.worker.readiness.Readiness} tries it, again and again, from the start of a task until
 * it succeeds once or the task ends.
 */
@NullMarked
package dev.atoll.worker.readiness;

import org.jspecify.annotations.NullMarked;
