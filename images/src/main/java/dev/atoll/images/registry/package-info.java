/**
 * Pulls from container registries and pushes to them (OCI distribution spec 1.1; Docker's token
 * authentication).
 *
 * <p>{@link dev.atoll.images.registry.RegistryClient} gives a {@code Repository} for a reference,
 * which is a {@link dev.atoll.images.oci.BlobSource}; {@code HttpExchange} sends requests with
 * retries, redirects and authentication; {@code StallGuard} ends transfers that stop moving. A
 * {@code MirroredRepository} asks mirrors first; {@link dev.atoll.images.registry.DockerLogins}
 * finds credentials in Docker's configuration file and through its helpers, if the operator lets
 * it.
 *
 * <p>It stands on the JDK's HTTP client alone. oras-java, which was looked at, reads the host's own
 * registries.conf and credential files unasked, does not verify the digest of a streamed blob and
 * has no retries; what would have been left of it is less than this.
 */
@NullMarked
package dev.atoll.images.registry;

import org.jspecify.annotations.NullMarked;
