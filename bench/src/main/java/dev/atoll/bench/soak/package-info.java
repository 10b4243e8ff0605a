/**
 * The soak: random work for minutes or hours, while the server is killed and replaced, and the
 * proof that nothing was lost and nothing is left.
 *
 * <p>{@link dev.atoll.bench.soak.Main} starts a {@link dev.atoll.bench.soak.Soak} for each tier. It
 * has a server of its own ({@link dev.atoll.bench.soak.SoakServer}), which {@link
 * dev.atoll.bench.soak.Restarts} ends and starts again at random moments, and a few {@link
 * dev.atoll.bench.soak.Worker}s. Each makes one sandbox after the other ({@link
 * dev.atoll.bench.soak.Session}), takes random {@link dev.atoll.bench.soak.Steps} in it and sees it
 * end in a random way ({@link dev.atoll.bench.soak.Ending}). Calls go through a {@link
 * dev.atoll.bench.soak.PatientClient}: what fails while the server is away is repeated, as a user
 * would; anything else that fails, and anything that isn't as it was acknowledged, is a {@link
 * dev.atoll.bench.soak.Violation}. What the server has inside ({@link
 * dev.atoll.bench.soak.ServerInside}), on the host ({@link dev.atoll.bench.soak.HostThings}) and in
 * its data folder ({@link dev.atoll.bench.soak.StoredThings}) is counted after a first round and at
 * the end.
 */
@NullMarked
package dev.atoll.bench.soak;

import org.jspecify.annotations.NullMarked;
