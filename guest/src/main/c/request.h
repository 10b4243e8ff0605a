/*
 * What the worker asks for, decoded from payloads and checked against guest/PROTOCOL.md. Pure: nothing is
 * allocated, and everything that is decoded points into the payload. A decoder returns false for a payload
 * that breaks the protocol; it judges form, never whether a path exists.
 */
#ifndef ATOLL_REQUEST_H
#define ATOLL_REQUEST_H

#include "wire.h"

enum {
  CLAIM_FILES_MAX = 64,
  CLAIM_MOUNTS_MAX = 64,
  GROUPS_MAX = 64,
  SECCOMP_MAX = 4096,
  HOSTNAME_LENGTH_MAX = 64,
  STDIN_WINDOW = 256 << 10,
  PING_MAX = 64,
};

/* Bytes without NUL, not terminated. */
struct text {
  const char *bytes;
  size_t length;
};

/* Copies a text and terminates it; false when it doesn't fit. */
bool text_copy(struct text text, char *out, size_t size);

/* Texts, each ended by one NUL. */
struct texts {
  const char *bytes;
  size_t length;
  size_t count;
};

/* Fills `out`, which holds count + 1 pointers, and ends it with NULL. */
void texts_pointers(struct texts texts, const char **out);

struct claim_file {
  uint32_t mode;
  const char *target; /* terminated */
  const uint8_t *content;
  size_t length;
};

struct claim_mount {
  bool read_only;
  bool skip_missing;
  const char *source; /* terminated */
  struct text target;
};

struct claim_request {
  struct text root;
  struct text hostname;
  struct claim_file files[CLAIM_FILES_MAX];
  size_t file_count;
  struct claim_mount mounts[CLAIM_MOUNTS_MAX];
  size_t mount_count;
  uint64_t capabilities;
  const uint8_t *seccomp; /* struct sock_filter, unaligned */
  size_t seccomp_count;
  uint64_t lifetime_millis; /* 0 = for ever */
};

enum stdio_kind { STDIO_DISCARD = 0, STDIO_PIPE = 1, STDIO_INTO_STDOUT = 2 };

struct exec_request {
  struct texts argv;
  struct texts env;
  struct text cwd;
  uint32_t uid;
  uint32_t gid;
  uint32_t groups[GROUPS_MAX];
  size_t group_count;
  enum stdio_kind stdin_kind;
  enum stdio_kind stdout_kind;
  enum stdio_kind stderr_kind;
  bool pty;
  uint16_t rows;
  uint16_t columns;
  uint64_t timeout_millis; /* 0 = none */
  bool builtin;
};

/* MOUNT, UNMOUNT, LOCATE and SYNC; texts are empty where the frame has none. */
struct cell_request {
  uint32_t request;
  struct text source;
  struct text target;
  struct text replaced;
  bool read_only;
};

struct stdin_request {
  uint64_t offset;
  bool end;
  const uint8_t *bytes;
  uint32_t length;
};

struct ack_request {
  int stream; /* 0 stdout, 1 stderr */
  uint64_t offset;
};

enum signal_scope { SCOPE_PROCESS = 1, SCOPE_GROUP = 2, SCOPE_SESSION = 3 };

struct signal_request {
  int signal;
  enum signal_scope scope;
};

bool decode_claim(const struct frame *frame, struct claim_request *out);
bool decode_exec(const struct frame *frame, struct exec_request *out);
bool decode_cell_request(const struct frame *frame, struct cell_request *out);
bool decode_stdin(const struct frame *frame, struct stdin_request *out);
bool decode_ack(const struct frame *frame, struct ack_request *out);
bool decode_signal(const struct frame *frame, struct signal_request *out);
bool decode_resize(const struct frame *frame, uint16_t *rows, uint16_t *columns);

/* A path below the dock: relative, and no component is empty, "." or "..". */
bool is_dock_path(const char *path, size_t length);

#endif
