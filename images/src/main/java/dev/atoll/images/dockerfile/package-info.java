/**
 * Dockerfile commands as the clients send them.
 *
 * <p>{@link dev.atoll.images.dockerfile.DockerfileParser} turns lines into {@link
 * dev.atoll.images.dockerfile.Instruction}s and refuses what it doesn't know with the line's
 * number. Who runs a build goes through them with a {@link dev.atoll.images.dockerfile.StageState}
 * for each FROM: it holds the config and the variables, and expands each instruction with what
 * holds at its place. The rules are those of Docker's Dockerfile reference, without what needs
 * files from the client (ADD, COPY without {@code --from}) or would promise what no sandbox does
 * (HEALTHCHECK, VOLUME, ONBUILD, STOPSIGNAL).
 */
@NullMarked
package dev.atoll.images.dockerfile;

import org.jspecify.annotations.NullMarked;
