/**
 * Who may do what. {@link dev.atoll.control.auth.TokenPairs} knows the token pairs that open the
 * control plane, of whose secrets the store holds hashes only. {@link
 * dev.atoll.control.auth.SignedTokens} makes and checks JSON web tokens (RFC 7519): short-lived
 * ones that stand for a token pair, and those of the exec path, each bound to one task.
 */
@NullMarked
package dev.atoll.control.auth;

import org.jspecify.annotations.NullMarked;
