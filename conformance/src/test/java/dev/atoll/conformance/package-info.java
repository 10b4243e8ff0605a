/**
 * Two kinds of promises, checked from outside.
 *
 * <p>{@link dev.atoll.conformance.HouseTest} holds the modules to the arrows that are drawn in
 * ARCHITECTURE.md.
 */
@NullMarked
package dev.atoll.conformance;

import org.jspecify.annotations.NullMarked;
