/**
 * Builds images from Dockerfile commands.
 *
 * <p>{@link dev.atoll.worker.build.ImageBuilder} goes through the instructions of one build. What
 * they say about config and variables is for {@link dev.atoll.images.dockerfile.StageState}; a RUN
 * runs in a claimed cell of its own, and what it wrote becomes a layer. Each step that changes
 * files has a key over everything that it depends on ({@link dev.atoll.worker.build.StepKeys}): a
 * step that was done before is not done again. Keys are made with a secret of this worker, because
 * secrets of users are among what a step depends on.
 */
@NullMarked
package dev.atoll.worker.build;

import org.jspecify.annotations.NullMarked;
