/**
 * What registries, layouts and archives have in common: manifests, configs and blobs (OCI image
 * spec 1.1; Docker image manifest version 2, schema 2).
 *
 * <p>A {@link dev.atoll.images.oci.BlobSource} gives blobs by descriptor; {@link
 * dev.atoll.images.oci.ImagePlans} follows an index to this host's platform and says in an {@link
 * dev.atoll.images.oci.ImagePlan} which layers an image has. {@link
 * dev.atoll.images.oci.ArchiveContent} recognises layouts and archives on disk. Every blob is
 * checked against size and digest by {@link dev.atoll.images.oci.VerifiedBlob}.
 */
@NullMarked
package dev.atoll.images.oci;

import org.jspecify.annotations.NullMarked;
