#include "event.h"

#include <string.h>

static const char *const names[EVENT_COUNT] = {
    [ACCESS] = "Access",   [CREATE] = "Create", [MODIFY] = "Modify",          [REMOVE] = "Remove",
    [UNKNOWN] = "Unknown", [RENAME] = "Rename", [RENAME_FROM] = "RenameFrom", [RENAME_TO] = "RenameTo",
};

const char *event_name(enum event event) { return names[event]; }

bool event_of_name(const char *name, enum event *out) {
  for (int event = 0; event < EVENT_COUNT; event++) {
    if (strcmp(names[event], name) == 0) {
      *out = (enum event)event;
      return true;
    }
  }
  return false;
}
