package dev.atoll.worker.files;

import dev.atoll.protocol.modal.SystemErrorMessage;

/** How an operation ended. */
sealed interface Outcome {
  /** It succeeded; all of its output is there. */
  record Done() implements Outcome {}

  /** The file system refused it. */
  record Failed(SystemErrorMessage error) implements Outcome {}
}
