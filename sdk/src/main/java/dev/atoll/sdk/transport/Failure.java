package dev.atoll.sdk.transport;

import io.grpc.Status;

/** Makes the exception that a user sees from the status that ended a call. */
@FunctionalInterface
public interface Failure {
  /** The exception for the given status, which is not OK. */
  RuntimeException of(Status status);
}
