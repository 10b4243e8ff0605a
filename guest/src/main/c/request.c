#include "request.h"

#include <string.h>

bool text_copy(struct text text, char *out, size_t size) {
  if (text.length >= size) {
    return false;
  }
  memcpy(out, text.bytes, text.length);
  out[text.length] = '\0';
  return true;
}

void texts_pointers(struct texts texts, const char **out) {
  const char *at = texts.bytes;
  for (size_t i = 0; i < texts.count; i++) {
    out[i] = at;
    at += strlen(at) + 1;
  }
  out[texts.count] = NULL;
}

bool is_dock_path(const char *path, size_t length) {
  size_t start = 0;
  for (size_t i = 0; i <= length; i++) {
    if (i < length && path[i] != '/') {
      continue;
    }
    size_t size = i - start;
    if (size == 0 || (size == 1 && path[start] == '.') ||
        (size == 2 && path[start] == '.' && path[start + 1] == '.')) {
      return false;
    }
    start = i + 1;
  }
  return true;
}

static bool take_text(const uint8_t *bytes, size_t length, struct text *out) {
  *out = (struct text){(const char *)bytes, length};
  return length > 0 && memchr(bytes, 0, length) == NULL;
}

static bool take_absolute(const uint8_t *bytes, size_t length, struct text *out) {
  return take_text(bytes, length, out) && bytes[0] == '/';
}

static bool take_texts(const struct field *field, struct texts *out) {
  *out = (struct texts){(const char *)field->bytes, field->length, 0};
  for (uint32_t i = 0; i < field->length; i++) {
    out->count += field->bytes[i] == 0;
  }
  return field->length == 0 || field->bytes[field->length - 1] == 0;
}

/* The length of the terminated text at the start of `bytes`; false when nothing ends it or it is empty. */
static bool take_terminated(const uint8_t *bytes, size_t length, size_t *text_length) {
  const uint8_t *end = length == 0 ? NULL : memchr(bytes, 0, length);
  if (end == NULL || end == bytes) {
    return false;
  }
  *text_length = (size_t)(end - bytes);
  return true;
}

static bool take_u64(const struct field *field, uint64_t *out) {
  if (field->length != 8) {
    return false;
  }
  *out = get_u64(field->bytes);
  return true;
}

/* Remembers that a field of this tag was there; false when it was there before. */
static bool first(uint32_t *seen, uint16_t tag) {
  uint32_t bit = UINT32_C(1) << tag;
  bool is_first = (*seen & bit) == 0;
  *seen |= bit;
  return is_first;
}

static bool has(uint32_t seen, uint16_t tag) { return (seen >> tag & 1) != 0; }

static bool take_file(const struct field *field, struct claim_request *out) {
  size_t target_length;
  if (out->file_count == CLAIM_FILES_MAX || field->length < 4 ||
      !take_terminated(field->bytes + 4, field->length - 4, &target_length) || field->bytes[4] != '/') {
    return false;
  }
  struct claim_file *file = &out->files[out->file_count++];
  file->mode = get_u32(field->bytes);
  file->target = (const char *)field->bytes + 4;
  file->content = field->bytes + 4 + target_length + 1;
  file->length = field->length - 4 - target_length - 1;
  return file->mode <= 0777;
}

static bool take_mount(const struct field *field, struct claim_request *out) {
  size_t source_length;
  if (out->mount_count == CLAIM_MOUNTS_MAX || field->length < 4 ||
      !take_terminated(field->bytes + 4, field->length - 4, &source_length)) {
    return false;
  }
  struct claim_mount *mount = &out->mounts[out->mount_count++];
  uint32_t flags = get_u32(field->bytes);
  mount->read_only = (flags & 1) != 0;
  mount->skip_missing = (flags & 2) != 0;
  mount->source = (const char *)field->bytes + 4;
  size_t target_at = 4 + source_length + 1;
  return (flags & ~UINT32_C(3)) == 0 && is_dock_path(mount->source, source_length) &&
         take_absolute(field->bytes + target_at, field->length - target_at, &mount->target);
}

bool decode_claim(const struct frame *frame, struct claim_request *out) {
  enum { ROOT = 1, HOSTNAME, FILE_, MOUNT, CAPABILITIES, SECCOMP, LIFETIME };
  memset(out, 0, sizeof *out);
  struct fields fields = {frame->payload, frame->length};
  struct field field;
  uint32_t seen = 0;
  int more;
  while ((more = fields_next(&fields, &field)) == 1) {
    bool good;
    switch (field.tag) {
      case ROOT:
        good = first(&seen, ROOT) && take_text(field.bytes, field.length, &out->root) &&
               is_dock_path(out->root.bytes, out->root.length) && memchr(out->root.bytes, '/', out->root.length) == NULL;
        break;
      case HOSTNAME:
        good = first(&seen, HOSTNAME) && field.length <= HOSTNAME_LENGTH_MAX &&
               take_text(field.bytes, field.length, &out->hostname);
        break;
      case FILE_:
        good = take_file(&field, out);
        break;
      case MOUNT:
        good = take_mount(&field, out);
        break;
      case CAPABILITIES:
        good = first(&seen, CAPABILITIES) && take_u64(&field, &out->capabilities);
        break;
      case SECCOMP:
        good = first(&seen, SECCOMP) && field.length % 8 == 0 && field.length / 8 <= SECCOMP_MAX;
        out->seccomp = field.bytes;
        out->seccomp_count = field.length / 8;
        break;
      case LIFETIME:
        good = first(&seen, LIFETIME) && take_u64(&field, &out->lifetime_millis);
        break;
      default:
        good = false;
    }
    if (!good) {
      return false;
    }
  }
  return more == 0 && has(seen, ROOT) && has(seen, CAPABILITIES);
}

static bool take_identity(const struct field *field, struct exec_request *out) {
  if (field->length < 8 || field->length % 4 != 0 || field->length / 4 - 2 > GROUPS_MAX) {
    return false;
  }
  out->uid = get_u32(field->bytes);
  out->gid = get_u32(field->bytes + 4);
  out->group_count = field->length / 4 - 2;
  bool good = out->uid != UINT32_MAX && out->gid != UINT32_MAX;
  for (size_t i = 0; i < out->group_count; i++) {
    out->groups[i] = get_u32(field->bytes + 8 + 4 * i);
    good = good && out->groups[i] != UINT32_MAX;
  }
  return good;
}

static bool take_stdio(const struct field *field, struct exec_request *out) {
  if (field->length != 4 || field->bytes[0] > STDIO_PIPE || field->bytes[1] > STDIO_PIPE ||
      field->bytes[2] > STDIO_INTO_STDOUT || field->bytes[3] != 0) {
    return false;
  }
  out->stdin_kind = field->bytes[0];
  out->stdout_kind = field->bytes[1];
  out->stderr_kind = field->bytes[2];
  return true;
}

static bool take_size(const uint8_t *bytes, uint32_t length, uint16_t *rows, uint16_t *columns) {
  if (length < 4) {
    return false;
  }
  *rows = get_u16(bytes);
  *columns = get_u16(bytes + 2);
  return true;
}

bool decode_exec(const struct frame *frame, struct exec_request *out) {
  enum { ARGV = 1, ENV, CWD, IDENTITY, STDIO, PTY, TIMEOUT, BUILTIN };
  memset(out, 0, sizeof *out);
  struct fields fields = {frame->payload, frame->length};
  struct field field;
  uint32_t seen = 0;
  int more;
  while ((more = fields_next(&fields, &field)) == 1) {
    if (field.tag < ARGV || field.tag > BUILTIN || !first(&seen, field.tag)) {
      return false;
    }
    bool good = false;
    switch (field.tag) {
      case ARGV:
        good = take_texts(&field, &out->argv) && out->argv.count > 0;
        break;
      case ENV:
        good = take_texts(&field, &out->env);
        break;
      case CWD:
        good = take_absolute(field.bytes, field.length, &out->cwd);
        break;
      case IDENTITY:
        good = take_identity(&field, out);
        break;
      case STDIO:
        good = take_stdio(&field, out);
        break;
      case PTY:
        out->pty = true;
        good = field.length == 4 && take_size(field.bytes, field.length, &out->rows, &out->columns);
        break;
      case TIMEOUT:
        good = take_u64(&field, &out->timeout_millis);
        break;
      case BUILTIN:
        out->builtin = true;
        good = field.length == 1 && field.bytes[0] == 1;
        break;
    }
    if (!good) {
      return false;
    }
  }
  return more == 0 && has(seen, ARGV) && has(seen, CWD) && has(seen, IDENTITY) &&
         (has(seen, STDIO) || has(seen, PTY));
}

bool decode_cell_request(const struct frame *frame, struct cell_request *out) {
  enum { REQUEST = 1, SOURCE, TARGET, FLAGS, REPLACED };
  memset(out, 0, sizeof *out);
  struct fields fields = {frame->payload, frame->length};
  struct field field;
  uint32_t seen = 0;
  int more;
  while ((more = fields_next(&fields, &field)) == 1) {
    if (field.tag < REQUEST || field.tag > REPLACED || !first(&seen, field.tag)) {
      return false;
    }
    bool good = false;
    switch (field.tag) {
      case REQUEST:
        good = field.length == 4;
        out->request = good ? get_u32(field.bytes) : 0;
        break;
      case SOURCE:
        good = take_text(field.bytes, field.length, &out->source) && is_dock_path(out->source.bytes, out->source.length);
        break;
      case TARGET:
        good = take_absolute(field.bytes, field.length, &out->target);
        break;
      case FLAGS:
        good = field.length == 4 && get_u32(field.bytes) <= 1;
        out->read_only = good && get_u32(field.bytes) == 1;
        break;
      case REPLACED:
        good = take_text(field.bytes, field.length, &out->replaced) &&
               is_dock_path(out->replaced.bytes, out->replaced.length);
        break;
    }
    if (!good) {
      return false;
    }
  }
  bool is_mount = frame->type == FRAME_MOUNT;
  bool has_source = is_mount || frame->type == FRAME_UNMOUNT;
  bool has_target = is_mount ? !has(seen, REPLACED) : frame->type == FRAME_LOCATE;
  return more == 0 && has(seen, REQUEST) && has(seen, SOURCE) == has_source && has(seen, TARGET) == has_target &&
         (is_mount || (!has(seen, FLAGS) && !has(seen, REPLACED)));
}

bool decode_stdin(const struct frame *frame, struct stdin_request *out) {
  if (frame->length < 16) {
    return false;
  }
  uint32_t flags = get_u32(frame->payload + 8);
  out->offset = get_u64(frame->payload);
  out->end = flags == 1;
  out->bytes = frame->payload + 16;
  out->length = frame->length - 16;
  return flags <= 1 && get_u32(frame->payload + 12) == 0 && out->length <= STDIN_WINDOW &&
         out->offset <= UINT64_MAX - out->length;
}

bool decode_ack(const struct frame *frame, struct ack_request *out) {
  if (frame->length != 16) {
    return false;
  }
  uint32_t stream = get_u32(frame->payload);
  out->stream = stream == 2;
  out->offset = get_u64(frame->payload + 8);
  return (stream == 1 || stream == 2) && get_u32(frame->payload + 4) == 0;
}

bool decode_signal(const struct frame *frame, struct signal_request *out) {
  if (frame->length != 8) {
    return false;
  }
  uint32_t number = get_u32(frame->payload);
  uint32_t scope = get_u32(frame->payload + 4);
  out->signal = number <= 64 ? (int)number : -1;
  out->scope = scope == SCOPE_PROCESS ? SCOPE_PROCESS : scope == SCOPE_GROUP ? SCOPE_GROUP : SCOPE_SESSION;
  return number >= 1 && number <= 64 && scope >= SCOPE_PROCESS && scope <= SCOPE_SESSION;
}

bool decode_resize(const struct frame *frame, uint16_t *rows, uint16_t *columns) {
  return frame->length == 8 && get_u32(frame->payload + 4) == 0 &&
         take_size(frame->payload, frame->length, rows, columns);
}
