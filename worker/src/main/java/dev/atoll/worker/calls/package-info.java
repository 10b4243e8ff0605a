/**
 * Between gRPC's callbacks and code that may block.
 *
 * <p>{@link dev.atoll.worker.calls.Calls} runs each call on a virtual thread of its own, so that no
 * handler occupies a thread of the transport; it ends the thread when the client is gone, and turns
 * exceptions into statuses. {@link dev.atoll.worker.calls.Sink} is what a streaming call writes to:
 * it blocks while the client doesn't read. {@link dev.atoll.worker.calls.Native} holds the platform
 * threads for system calls that would pin a carrier.
 */
@NullMarked
package dev.atoll.worker.calls;

import org.jspecify.annotations.NullMarked;
