/**
 * Benchmarks beside peers, in the same run.
 *
 * <p>{@link dev.atoll.bench.Main} starts a server for each tier, drives it through the Java SDK
 * over the wire as any user would, drives the raw runtime ({@link dev.atoll.bench.RawRuntime}) with
 * the same root file system, network and limits, and writes every sample to a result file and the
 * ratios to standard output. A figure is a median unless it says otherwise; nothing here is a test.
 */
@NullMarked
package dev.atoll.bench;

import org.jspecify.annotations.NullMarked;
