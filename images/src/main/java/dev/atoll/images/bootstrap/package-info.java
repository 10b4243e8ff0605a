/**
 * Roots made of Debian packages by mmdebstrap(1), without any container registry.
 *
 * <p>A {@link dev.atoll.images.bootstrap.Recipe} says what goes in; {@link
 * dev.atoll.images.bootstrap.AptSources} finds the mirrors that this machine uses; {@link
 * dev.atoll.images.bootstrap.Debootstrap} runs the program; {@link
 * dev.atoll.images.bootstrap.BootstrapCache} keeps the archive for all stores of this user, by the
 * recipe's digest.
 */
@NullMarked
package dev.atoll.images.bootstrap;

import org.jspecify.annotations.NullMarked;
