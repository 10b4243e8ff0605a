package dev.atoll.worker.router;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;

/** Refuses, in words, what this server can't do for a client. */
final class UnservedFields {
  private UnservedFields() {}

  /** Refuses a container of its own, and a key that a snapshot would be encrypted with. */
  static void refuse(String containerId, boolean encrypted) {
    if (!containerId.isEmpty()) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          "container_id '%s': this server runs no containers beside the main one"
              .formatted(containerId));
    }
    if (encrypted) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          "customer_supplied_encryption_key: this server encrypts no snapshots; leave the key out");
    }
  }
}
