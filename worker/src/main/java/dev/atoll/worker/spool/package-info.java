/**
 * Output that can be read from any offset, at any time, by many.
 *
 * <p>A {@link dev.atoll.worker.spool.SpoolFolder} makes {@link dev.atoll.worker.spool.Spool}s. One
 * writer appends to a spool; each reader opens a {@link dev.atoll.worker.spool.SpoolReader} at an
 * offset and waits for more at its end. The bytes are in segment files of the page cache's, not in
 * the heap. A spool is bounded: what lies beyond its limit is not acknowledged to the process that
 * writes it, which therefore waits, until readers are well past the oldest segment; that one is
 * then dropped. Reading what was dropped is an error, so no gap is ever silent.
 *
 * <p>Nobody may ever read what a main process writes, so it must not wait for that: its spools are
 * cut at their oldest end instead. A reader is waited for while it reads, and a while longer. One
 * whose bytes were cut goes on further down, and sees by its position that there is a gap.
 */
@NullMarked
package dev.atoll.worker.spool;

import org.jspecify.annotations.NullMarked;
