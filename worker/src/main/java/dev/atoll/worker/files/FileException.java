package dev.atoll.worker.files;

import dev.atoll.protocol.modal.SystemErrorCode;
import dev.atoll.protocol.modal.SystemErrorMessage;

/**
 * A file operation failed as a file system has it. The client is told with the operation's outcome,
 * not by the call's status.
 */
final class FileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final SystemErrorCode code;
  private final String sentence;

  FileException(SystemErrorCode code, String sentence) {
    super(sentence);
    this.code = code;
    this.sentence = sentence;
  }

  /** Says what was tried and what the kernel answered (errno(3)). */
  static FileException of(String tried, int errno) {
    return new FileException(Errno.code(errno), tried + ": " + Errno.sentence(errno));
  }

  SystemErrorMessage toMessage() {
    return SystemErrorMessage.newBuilder().setErrorCode(code).setErrorMessage(sentence).build();
  }
}
