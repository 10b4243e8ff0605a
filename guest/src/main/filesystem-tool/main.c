/*
 * The filesystem tool: one operation on the sandbox's files, for the clients' filesystem helpers. It is a process of the
 * sandbox like any other and can do what whoever runs it can.
 */
#include <string.h>

#include "command.h"
#include "failure.h"
#include "operations.h"

int main(int count, char **arguments) {
  struct command command;
  const char *reason;
  if (count != 2) {
    fail(INVALID_COMMAND, "exactly one argument is needed: a command in JSON", "arguments");
  }
  if (!command_parse(arguments[1], strlen(arguments[1]), &command, &reason)) {
    fail(INVALID_COMMAND, reason, "arguments");
  }
  switch (command.operation) {
    case READ_FILE:
      read_file(command.path);
      break;
    case WRITE_FILE:
      write_file(command.path);
      break;
    case LIST_FILES:
      list_files(command.path);
      break;
    case STAT:
      stat_path(command.path);
      break;
    case MAKE_DIRECTORY:
      make_directory(command.path, command.parents);
      break;
    case REMOVE_PATH:
      remove_path(command.path, command.recursive);
      break;
    case WATCH:
      watch(&command);
      break;
    case OPERATION_COUNT:
      break;
  }
  return 0;
}
