/**
 * Benchmarks beside peers, in the same run.
 *
 * <p>{@link dev.atoll.bench.Main} runs the {@link dev.atoll.bench.Scenario}s for each tier: each
 * starts a server, drives it through the Java SDK over the wire as any user would, and drives what
 * it is compared with, such as the raw runtime ({@link dev.atoll.bench.RawRuntime}) with the same
 * root file system, network and limits. Every sample goes to a result file and the ratios to
 * standard output. A figure is a median unless it says otherwise; nothing here is a test.
 */
@NullMarked
package dev.atoll.bench;

import org.jspecify.annotations.NullMarked;
