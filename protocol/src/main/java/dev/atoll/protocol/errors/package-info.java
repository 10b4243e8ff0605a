/**
 * How failures cross the wire. {@link dev.atoll.protocol.errors.StatusMapping} is the only place
 * that translates between {@link dev.atoll.errors.ErrorCode} and gRPC's status codes: services
 * throw {@link dev.atoll.errors.AtollException} and their door translates; callers of a stub
 * translate back.
 */
@NullMarked
package dev.atoll.protocol.errors;

import org.jspecify.annotations.NullMarked;
