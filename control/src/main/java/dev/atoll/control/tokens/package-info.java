/**
 * Token pairs as the operator makes, lists and revokes them, each for an environment or for all.
 */
@NullMarked
package dev.atoll.control.tokens;

import org.jspecify.annotations.NullMarked;
