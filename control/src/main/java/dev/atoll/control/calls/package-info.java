/**
 * Between gRPC's callbacks and code that may block: what a call's metadata says ({@link
 * dev.atoll.control.calls.CallMetadata}), and answering with a value, a stream or a status ({@link
 * dev.atoll.control.calls.Calls}). Services run on virtual threads.
 */
@NullMarked
package dev.atoll.control.calls;

import org.jspecify.annotations.NullMarked;
