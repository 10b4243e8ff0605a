/**
 * Rules for the messages about a sandbox's network: the control plane checks them at a create, the
 * worker when a running task's policy is replaced.
 */
@NullMarked
package dev.atoll.protocol.network;

import org.jspecify.annotations.NullMarked;
