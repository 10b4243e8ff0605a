/**
 * The closed set of error codes that every module speaks.
 *
 * <p>A failure that a caller can meet is an {@link dev.atoll.errors.AtollException} with an {@link
 * dev.atoll.errors.ErrorCode}; the doors translate the code to gRPC, HTTP and exit codes.
 * Everything else is a defect and surfaces as {@link dev.atoll.errors.ErrorCode#INTERNAL}.
 */
@NullMarked
package dev.atoll.errors;

import org.jspecify.annotations.NullMarked;
