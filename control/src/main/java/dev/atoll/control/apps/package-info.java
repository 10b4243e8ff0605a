/** Environments, and the apps in them. */
@NullMarked
package dev.atoll.control.apps;

import org.jspecify.annotations.NullMarked;
