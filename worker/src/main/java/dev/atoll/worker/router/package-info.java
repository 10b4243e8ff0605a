/**
 * The clients' own service: execs and their streams.
 *
 * <p>{@link dev.atoll.worker.router.CommandRouter} answers the calls; {@link
 * dev.atoll.worker.router.TokenGate} stands before it and lets only a valid token pass, whose task
 * each request must then name; {@link dev.atoll.worker.router.ExecRequests} checks what is asked
 * for.
 */
@NullMarked
package dev.atoll.worker.router;

import org.jspecify.annotations.NullMarked;
