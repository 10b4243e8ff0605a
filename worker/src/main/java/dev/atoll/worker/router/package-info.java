/**
 * The clients' own services: execs and their streams.
 *
 * <p>{@link dev.atoll.worker.router.ClientServices} puts them together: {@link
 * dev.atoll.worker.router.CommandRouter} answers the client API's calls, {@link
 * dev.atoll.worker.router.ExecControl} those beyond it. {@link dev.atoll.worker.router.TokenGate}
 * stands before them and lets only a valid token pass, whose task each request must then name
 * ({@link dev.atoll.worker.router.GatedCalls}); {@link dev.atoll.worker.router.ExecRequests} checks
 * what is asked for.
 */
@NullMarked
package dev.atoll.worker.router;

import org.jspecify.annotations.NullMarked;
