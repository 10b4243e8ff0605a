#include "entry.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "accounts.h"

static void put_account(struct output *output, enum account_file file, uint32_t number) {
  const char *name;
  size_t length;
  output_text(output, "\"");
  if (account_name(file, number, &name, &length)) {
    output_escaped(output, name, length);
  } else {
    output_format(output, "%u", number);
  }
  output_text(output, "\"");
}

static void put_path(struct output *output, const struct entry *entry) {
  size_t length = strlen(entry->folder);
  output_text(output, "\"");
  output_escaped(output, entry->folder, length);
  if (!entry->whole) {
    output_text(output, entry->folder[length - 1] == '/' ? "" : "/");
    output_escaped(output, entry->name, strlen(entry->name));
  }
  output_text(output, "\"");
}

static void put_link(struct output *output, const struct entry *entry) {
  char target[PATH_MAX];
  ssize_t length = S_ISLNK(entry->status.st_mode) ? readlinkat(entry->base, entry->at, target, sizeof target) : -1;
  if (length < 0) {
    output_text(output, "null");
    return;
  }
  output_text(output, "\"");
  output_escaped(output, target, (size_t)length);
  output_text(output, "\"");
}

void entry_put(struct output *output, const struct entry *entry) {
  const struct stat *status = &entry->status;
  const char *type = S_ISDIR(status->st_mode) ? "directory" : S_ISLNK(status->st_mode) ? "symlink" : "file";
  output_text(output, "{\"name\":");
  output_string(output, entry->name);
  output_text(output, ",\"path\":");
  put_path(output, entry);
  output_format(output, ",\"type\":\"%s\",\"size\":%lld,\"mode\":%u,\"permissions\":\"%04o\",\"owner\":", type,
                (long long)status->st_size, (unsigned)status->st_mode, (unsigned)status->st_mode & 07777);
  put_account(output, USERS, status->st_uid);
  output_text(output, ",\"group\":");
  put_account(output, GROUPS, status->st_gid);
  output_format(output, ",\"modified_time\":%.9f,\"symlink_target\":",
                (double)status->st_mtim.tv_sec + (double)status->st_mtim.tv_nsec / 1e9);
  put_link(output, entry);
  output_text(output, "}");
}
