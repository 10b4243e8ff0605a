package dev.atoll.worker.files;

import dev.atoll.errors.AtollException;

/** The id of an operation tells its task, because who asks for an outcome names nothing else. */
final class OperationId {
  private static final char SEPARATOR = '.';
  private static final int SHOWN_CHARACTERS = 100;

  private OperationId() {}

  static String of(String taskId, long number) {
    return taskId + SEPARATOR + number;
  }

  /** The task of an id; NOT_FOUND when no id looks like that. */
  static String task(String id) {
    int separator = id.lastIndexOf(SEPARATOR);
    if (separator < 0) {
      throw AtollException.notFound("exec_id '%s': no such file operation", shown(id));
    }
    return id.substring(0, separator);
  }

  static String shown(String id) {
    return id.length() <= SHOWN_CHARACTERS ? id : id.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
