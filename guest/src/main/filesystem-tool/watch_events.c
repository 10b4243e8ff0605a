#include "watch_events.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "event.h"
#include "failure.h"
#include "output.h"
#include "temporary.h"
#include "watch_tree.h"
#include "watches.h"

static const uint32_t masks[EVENT_COUNT] = {
    [ACCESS] = IN_ACCESS | IN_OPEN | IN_CLOSE_WRITE,
    [CREATE] = IN_CREATE,
    [MODIFY] = IN_MODIFY | IN_ATTRIB,
    [REMOVE] = IN_DELETE | IN_DELETE_SELF,
    [RENAME] = IN_MOVED_FROM | IN_MOVED_TO,
    [RENAME_FROM] = IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF,
    [RENAME_TO] = IN_MOVED_FROM | IN_MOVED_TO,
};

static struct output output = {.descriptor = STDOUT_FILENO};

/* What was asked for. */
static struct watch_tree tree;
static uint32_t filter;
static const char *root;
static int root_descriptor;

/* The name in the watched folder that alone counts; "" when all do. */
static const char *only = "";

/* The first half of a rename. */
static struct {
  bool present;
  bool folder;
  uint32_t cookie;
  char path[PATH_MAX];
} moved;

static void tell(enum event event, const char *path, const char *second) {
  if ((filter >> event & 1) == 0) {
    return;
  }
  output_format(&output, "{\"event_type\":\"%s\",\"paths\":[", event_name(event));
  output_string(&output, path);
  if (second != NULL) {
    output_text(&output, ",");
    output_string(&output, second);
  }
  output_text(&output, "]}\n");
  output_flush(&output);
}

static void tell_found(const char *path) { tell(CREATE, path, NULL); }

/* Something may happen there that nobody will hear of. */
static void tell_missed(const char *path) { tell(UNKNOWN, path, NULL); }

static void unwatch(int descriptor) { (void)inotify_rm_watch(tree.inotify, descriptor); }

/* The other half will not come: what was moved has gone to where nobody watches. */
void watch_flush(void) {
  if (moved.present) {
    moved.present = false;
    tell(RENAME_FROM, moved.path, NULL);
    if (tree.recursive && moved.folder) {
      watch_tree_remove(&tree, moved.path);
    }
  }
}

/* A folder that is listed is not a file that is used, and this program lists folders itself. */
static void tell_of_content(uint32_t mask, const char *path) {
  if ((mask & masks[ACCESS]) != 0 && (mask & IN_ISDIR) == 0) {
    tell(ACCESS, path, NULL);
  } else if ((mask & masks[MODIFY]) != 0) {
    tell(MODIFY, path, NULL);
  }
}

static void handle_own(const struct inotify_event *event) {
  if (event->wd != root_descriptor || *only != '\0') {
    /* The folder above tells the same. */
    return;
  }
  if ((event->mask & IN_DELETE_SELF) != 0) {
    tell(REMOVE, root, NULL);
  } else if ((event->mask & IN_MOVE_SELF) != 0) {
    tell(RENAME_FROM, root, NULL);
  } else {
    tell_of_content(event->mask, root);
  }
}

static void handle_moved_to(const char *path, bool folder) {
  if (moved.present) {
    moved.present = false;
    tell(RENAME, moved.path, path);
    if (tree.recursive && folder) {
      /* Where it goes may be what it replaces. */
      watch_tree_remove(&tree, path);
      watches_move(moved.path, path);
    }
    return;
  }
  if (tree.recursive && folder) {
    watch_tree_add(&tree, path, false);
  }
  tell(RENAME_TO, path, NULL);
}

static void handle_entry(const struct inotify_event *event, const char *path) {
  bool folder = (event->mask & IN_ISDIR) != 0;
  if ((event->mask & IN_MOVED_FROM) != 0) {
    moved.present = true;
    moved.folder = folder;
    moved.cookie = event->cookie;
    (void)strcpy(moved.path, path);
  } else if ((event->mask & IN_MOVED_TO) != 0) {
    handle_moved_to(path, folder);
  } else if ((event->mask & IN_CREATE) != 0) {
    if (tree.recursive && folder && watch_tree_has(&tree, path)) {
      return;
    }
    tell(CREATE, path, NULL);
    if (tree.recursive && folder) {
      watch_tree_add(&tree, path, true);
    }
  } else if ((event->mask & IN_DELETE) != 0) {
    tell(REMOVE, path, NULL);
    if (tree.recursive && folder) {
      /* A later folder of that name may be watched already: it is still to be told of. */
      watch_tree_remove(&tree, path);
    }
  } else {
    tell_of_content(event->mask, path);
  }
}

/* Whether an event is of a name that nobody asked about. */
static bool is_irrelevant(const struct inotify_event *event) {
  return event->len > 0 && (strncmp(event->name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) == 0 ||
                            (*only != '\0' && strcmp(event->name, only) != 0));
}

static void handle(const struct inotify_event *event) {
  char path[PATH_MAX];
  if ((event->mask & IN_Q_OVERFLOW) != 0) {
    watch_flush();
    tell_missed(root);
    if (tree.recursive) {
      (void)watch_tree_begin(&tree, root);
    }
    return;
  }
  const char *folder = watches_path(event->wd);
  if (folder == NULL || is_irrelevant(event)) {
    return;
  }
  if (moved.present && ((event->mask & IN_MOVED_TO) == 0 || event->cookie != moved.cookie)) {
    watch_flush();
    folder = watches_path(event->wd);
    if (folder == NULL) {
      return;
    }
  }
  if ((event->mask & IN_IGNORED) != 0) {
    watches_forget(event->wd);
  } else if (event->len == 0) {
    handle_own(event);
  } else if (*only != '\0') {
    handle_entry(event, root);
  } else if (snprintf(path, sizeof path, "%s%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/", event->name) <
             (int)sizeof path) {
    handle_entry(event, path);
  }
}

bool watch_read(void) {
  static _Alignas(struct inotify_event) char buffer[64 << 10];
  ssize_t size = read(tree.inotify, buffer, sizeof buffer);
  if (size < 0) {
    if (errno == EINTR || errno == EAGAIN) {
      return false;
    }
    fail_errno(errno, "read");
  }
  for (ssize_t at = 0; at < size;) {
    struct inotify_event *event = (void *)(buffer + at);
    handle(event);
    at += (ssize_t)(sizeof *event + event->len);
  }
  return true;
}

bool watch_is_renaming(void) { return moved.present; }

int watch_open(uint32_t wanted, bool recursive) {
  filter = wanted;
  tree = (struct watch_tree){
      .inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
      .mask = IN_DELETE_SELF,
      .recursive = recursive,
      .found = tell_found,
      .missed = tell_missed,
      .unwatch = unwatch,
  };
  for (int event = 0; event < EVENT_COUNT; event++) {
    tree.mask |= (filter >> event & 1) != 0 ? masks[event] : 0;
  }
  if (recursive) {
    tree.mask |= IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO;
  }
  return tree.inotify;
}

bool watch_begin(const char *path, const char *watched, const char *name) {
  root = path;
  only = name;
  root_descriptor = watch_tree_begin(&tree, watched);
  return root_descriptor >= 0;
}
