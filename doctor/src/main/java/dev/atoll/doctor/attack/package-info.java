/**
 * Attacks on sandboxes that must fail.
 *
 * <p>A {@link dev.atoll.doctor.attack.Corpus} is a list of probes. {@link
 * dev.atoll.doctor.attack.AttackRun} starts a server of its own for one tier, sets a {@link
 * dev.atoll.doctor.attack.Scene} of sandboxes, and gives it to each probe, which makes an {@link
 * dev.atoll.doctor.attack.Outcome} of its attempt and a {@link dev.atoll.doctor.attack.Control} of
 * the same attempt where nothing stops it. Both together are a {@link
 * dev.atoll.doctor.attack.Finding}. What runs inside is {@link
 * dev.atoll.doctor.attack.AttackProgram}, written in C; sandboxes are used through the SDK.
 */
@NullMarked
package dev.atoll.doctor.attack;

import org.jspecify.annotations.NullMarked;
