package dev.atoll.worker.cell;

import dev.atoll.cells.Limits;
import dev.atoll.cells.NetworkPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a claimed cell is like, beside its image.
 *
 * @param hostname its host name, at most 64 bytes
 * @param limits of all its processes together
 * @param lifetime after it the guest agent ends it by itself
 * @param network what it may reach
 * @param sourceAddress of the host, that its connections leave from; absent: the usual one
 * @param diskLimit bytes that its files may have; absent: the image store's standard
 */
public record ClaimSettings(
    String hostname,
    Limits limits,
    Duration lifetime,
    NetworkPolicy network,
    Optional<String> sourceAddress,
    OptionalLong diskLimit) {}
