/** The control plane's gRPC services: from messages to the parts that do the work, and back. */
@NullMarked
package dev.atoll.control.rpc;

import org.jspecify.annotations.NullMarked;
