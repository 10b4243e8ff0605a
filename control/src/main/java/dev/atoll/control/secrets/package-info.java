/** Secrets: named and ephemeral sets of environment variables, whose values only sandboxes see. */
@NullMarked
package dev.atoll.control.secrets;

import org.jspecify.annotations.NullMarked;
