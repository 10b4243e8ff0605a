package dev.atoll.images;

/**
 * An image that is present on this host. Immutable.
 *
 * @param digest its name
 * @param config what a process of it starts with
 * @param user the config's USER, resolved in the image's own passwd and group files
 * @param layerCount how many layers it has
 * @param sizeBytes the size of its files, unpacked
 * @param architecture as OCI writes it: {@code amd64}, {@code arm64}
 */
public record Image(
    ImageDigest digest,
    ImageConfig config,
    ImageUser user,
    int layerCount,
    long sizeBytes,
    String architecture) {}
