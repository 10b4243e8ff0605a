#include "command.h"

#include <string.h>

#include "event.h"
#include "json.h"

static const char *const operations[OPERATION_COUNT] = {
    [READ_FILE] = "ReadFile", [WRITE_FILE] = "WriteFile",         [LIST_FILES] = "ListFiles",
    [STAT] = "Stat",          [MAKE_DIRECTORY] = "MakeDirectory", [REMOVE_PATH] = "Remove",
    [WATCH] = "Watch",
};

static bool take_path(struct json *json, struct command *command) {
  return json_string(json, &command->path) && command->path[0] == '/';
}

static bool take_parents(struct json *json, struct command *command) { return json_boolean(json, &command->parents); }

static bool take_recursive(struct json *json, struct command *command) {
  return json_boolean(json, &command->recursive);
}

static bool take_filter(struct json *json, struct command *command) {
  if (json_null(json)) {
    return true;
  }
  if (!json_take(json, '[')) {
    return false;
  }
  command->filter = 0;
  if (json_take(json, ']')) {
    return true;
  }
  do {
    char *name;
    enum event event;
    if (!json_string(json, &name) || !event_of_name(name, &event)) {
      return false;
    }
    command->filter |= UINT32_C(1) << event;
  } while (json_take(json, ','));
  return json_take(json, ']');
}

static bool take_timeout(struct json *json, struct command *command) {
  return json_null(json) || json_natural(json, &command->timeout_secs);
}

/* The fields, and which operations have them. */
static const struct field {
  const char *name;
  uint32_t operations;
  bool (*take)(struct json *json, struct command *command);
} fields[] = {
    {"path", UINT32_MAX, take_path},
    {"parents", 1U << MAKE_DIRECTORY, take_parents},
    {"recursive", 1U << REMOVE_PATH | 1U << WATCH, take_recursive},
    {"filter", 1U << WATCH, take_filter},
    {"timeout_secs", 1U << WATCH, take_timeout},
};

static const char *take_field(struct json *json, struct command *command, uint32_t *seen) {
  char *name;
  if (!json_string(json, &name) || !json_take(json, ':')) {
    return "the command is no valid JSON";
  }
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (strcmp(name, fields[i].name) == 0 && (fields[i].operations >> command->operation & 1) != 0) {
      if ((*seen >> i & 1) != 0) {
        return "a field occurs twice";
      }
      *seen |= 1U << i;
      return fields[i].take(json, command) ? NULL : "a field has a value that it can't have";
    }
  }
  return "the operation has no such field";
}

static const char *parse(struct json *json, struct command *command) {
  char *name;
  uint32_t seen = 0;
  if (!json_take(json, '{') || !json_string(json, &name) || !json_take(json, ':') || !json_take(json, '{')) {
    return "the command is no object that holds an operation";
  }
  int operation = 0;
  while (operation < OPERATION_COUNT && strcmp(name, operations[operation]) != 0) {
    operation++;
  }
  if (operation == OPERATION_COUNT) {
    return "there is no such operation";
  }
  command->operation = (enum operation)operation;
  do {
    const char *reason = take_field(json, command, &seen);
    if (reason != NULL) {
      return reason;
    }
  } while (json_take(json, ','));
  if (!json_take(json, '}') || !json_take(json, '}') || !json_end(json)) {
    return "the command is no valid JSON";
  }
  return (seen & 1) == 0 ? "the path is missing" : NULL;
}

bool command_parse(char *text, size_t length, struct command *out, const char **reason) {
  struct json json = {text, text + length};
  *out = (struct command){.filter = ALL_EVENTS, .timeout_secs = NO_TIMEOUT};
  *reason = parse(&json, out);
  return *reason == NULL;
}
