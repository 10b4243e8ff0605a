/**
 * What content is named by and how records of it are kept: {@link dev.atoll.images.content.Digests}
 * and {@link dev.atoll.images.content.JsonFiles}.
 */
@NullMarked
package dev.atoll.images.content;

import org.jspecify.annotations.NullMarked;
