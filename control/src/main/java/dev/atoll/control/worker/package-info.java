/**
 * The control plane's side of a worker: calls of its service, over whichever channel leads there,
 * with failures as {@link dev.atoll.errors.AtollException}.
 */
@NullMarked
package dev.atoll.control.worker;

import org.jspecify.annotations.NullMarked;
