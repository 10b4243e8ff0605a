/**
 * Images for the control plane: fetched, imported, made of packages, or built step by step.
 *
 * <p>Each piece of work is an {@link dev.atoll.worker.image.ImageJob}: what it reports goes to a
 * spool, so that several may follow the same work, each from its beginning, and a slow follower
 * holds nobody up. {@link dev.atoll.worker.image.ImageJobs} joins those who ask for the same.
 */
@NullMarked
package dev.atoll.worker.image;

import org.jspecify.annotations.NullMarked;
