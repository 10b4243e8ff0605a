/* Frames, requests and rings, under the address and undefined behaviour sanitizers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "ring.h"

#define CHECK(condition)                                                    \
  do {                                                                      \
    if (!(condition)) {                                                     \
      (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                              \
    }                                                                       \
  } while (0)

struct bytes {
  uint8_t at[4096];
  size_t length;
};

static void add(struct bytes *bytes, const void *more, size_t length) {
  memcpy(bytes->at + bytes->length, more, length);
  bytes->length += length;
}

static void add_field(struct bytes *bytes, uint16_t tag, const void *value, size_t length) {
  uint8_t head[8] = {0};
  put_u16(head, tag);
  put_u32(head + 4, (uint32_t)length);
  add(bytes, head, sizeof head);
  add(bytes, value, length);
}

static struct bytes frame_of(enum frame_type type, uint32_t exec, const struct bytes *payload) {
  struct bytes frame = {.length = FRAME_HEADER_SIZE};
  frame_header(frame.at, type, exec, (uint32_t)payload->length);
  add(&frame, payload->at, payload->length);
  return frame;
}

static struct bytes claim_payload(void) {
  struct bytes payload = {0};
  add_field(&payload, 1, "img1", 4);
  add_field(&payload, 2, "box", 3);
  add_field(&payload, 3, "\xa4\1\0\0/etc/hosts\0one\ntwo", 22);
  add_field(&payload, 4, "\1\0\0\0vol1/sub\0/data", 18);
  add_field(&payload, 5, "\1\2\3\4\5\0\0\0", 8);
  add_field(&payload, 6, "\6\0\0\0\0\0\xff\x7f", 8);
  add_field(&payload, 7, "\x10\x27\0\0\0\0\0\0", 8);
  return payload;
}

static struct bytes exec_payload(void) {
  struct bytes payload = {0};
  add_field(&payload, 1, "echo\0\0hi\0", 9);
  add_field(&payload, 2, "PATH=/bin\0", 10);
  add_field(&payload, 3, "/root", 5);
  add_field(&payload, 4, "\1\0\0\0\2\0\0\0\3\0\0\0", 12);
  add_field(&payload, 5, "\1\1\2\0", 4);
  add_field(&payload, 7, "\x64\0\0\0\0\0\0\0", 8);
  return payload;
}

static struct bytes mount_payload(void) {
  struct bytes payload = {0};
  add_field(&payload, 1, "\7\0\0\0", 4);
  add_field(&payload, 2, "vol1", 4);
  add_field(&payload, 3, "/mnt/data", 9);
  add_field(&payload, 4, "\1\0\0\0", 4);
  return payload;
}

static struct frame parsed(const struct bytes *bytes) {
  struct frame frame;
  size_t size;
  CHECK(frame_parse(bytes->at, bytes->length, &frame, &size) == PARSE_OK);
  CHECK(size == bytes->length);
  return frame;
}

static void frames_are_taken_whole_or_refused(void) {
  struct bytes payload = exec_payload();
  struct bytes bytes = frame_of(FRAME_EXEC, 5, &payload);
  struct frame frame;
  size_t size;
  for (size_t length = 0; length < bytes.length; length++) {
    /* A copy of exactly that length, so that the sanitizer sees any byte too many. */
    uint8_t *part = malloc(length + 1);
    memcpy(part, bytes.at, length);
    CHECK(frame_parse(part, length, &frame, &size) == PARSE_SHORT);
    free(part);
  }
  CHECK(parsed(&bytes).exec == 5);
  static const struct {
    size_t at;
    uint8_t value;
  } bad[] = {{3, 1}, {4, 1}, {4, 63}, {4, 78}, {6, 1}, {15, 1}, {8, 0}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct bytes broken = bytes;
    broken.at[bad[i].at] = bad[i].value;
    CHECK(frame_parse(broken.at, broken.length, &frame, &size) == PARSE_BAD);
  }
  put_u32(bytes.at, UINT32_MAX);
  CHECK(frame_parse(bytes.at, bytes.length, &frame, &size) == PARSE_BAD);
}

static void requests_are_decoded(void) {
  static struct claim_request claim;
  struct exec_request exec;
  struct bytes payload = claim_payload();
  struct bytes bytes = frame_of(FRAME_CLAIM, 0, &payload);
  struct frame frame = parsed(&bytes);
  CHECK(decode_claim(&frame, &claim));
  CHECK(claim.file_count == 1 && claim.files[0].mode == 0644 && strcmp(claim.files[0].target, "/etc/hosts") == 0);
  CHECK(claim.files[0].length == 7 && memcmp(claim.files[0].content, "one\ntwo", 7) == 0);
  CHECK(claim.mount_count == 1 && claim.mounts[0].read_only && strcmp(claim.mounts[0].source, "vol1/sub") == 0);
  CHECK(claim.capabilities == UINT64_C(0x0504030201) && claim.seccomp_count == 1 && claim.lifetime_millis == 10000);
  payload = exec_payload();
  bytes = frame_of(FRAME_EXEC, 1, &payload);
  frame = parsed(&bytes);
  CHECK(decode_exec(&frame, &exec));
  CHECK(exec.argv.count == 3 && exec.env.count == 1 && exec.uid == 1 && exec.gid == 2 && exec.group_count == 1);
  CHECK(exec.stderr_kind == STDIO_INTO_STDOUT && exec.timeout_millis == 100 && !exec.pty && !exec.builtin);
  const char *argv[4];
  texts_pointers(exec.argv, argv);
  CHECK(strcmp(argv[0], "echo") == 0 && strcmp(argv[1], "") == 0 && strcmp(argv[2], "hi") == 0 && argv[3] == NULL);
}

static bool claim_with(uint16_t tag, const void *value, size_t length) {
  static struct claim_request claim;
  struct bytes payload = claim_payload();
  add_field(&payload, tag, value, length);
  struct bytes bytes = frame_of(FRAME_CLAIM, 0, &payload);
  struct frame frame = parsed(&bytes);
  return decode_claim(&frame, &claim);
}

static bool exec_with(uint16_t tag, const void *value, size_t length) {
  struct exec_request exec;
  struct bytes payload = exec_payload();
  add_field(&payload, tag, value, length);
  struct bytes bytes = frame_of(FRAME_EXEC, 1, &payload);
  struct frame frame = parsed(&bytes);
  return decode_exec(&frame, &exec);
}

static bool cell_request(uint16_t type, const char *source, const char *target, const char *replaced, bool flags) {
  struct cell_request request;
  struct bytes payload = {0};
  add_field(&payload, 1, "\7\0\0\0", 4);
  if (source != NULL) {
    add_field(&payload, 2, source, strlen(source));
  }
  if (target != NULL) {
    add_field(&payload, 3, target, strlen(target));
  }
  if (flags) {
    add_field(&payload, 4, "\1\0\0\0", 4);
  }
  if (replaced != NULL) {
    add_field(&payload, 5, replaced, strlen(replaced));
  }
  struct bytes bytes = frame_of(type, 0, &payload);
  struct frame frame = parsed(&bytes);
  return decode_cell_request(&frame, &request);
}

static void cell_requests_have_their_fields_and_no_others(void) {
  CHECK(cell_request(FRAME_MOUNT, "vol1", "/mnt", NULL, true));
  CHECK(cell_request(FRAME_MOUNT, "vol1", NULL, "vol2", false));
  CHECK(!cell_request(FRAME_MOUNT, "vol1", "/mnt", "vol2", false));
  CHECK(!cell_request(FRAME_MOUNT, "vol1", NULL, NULL, false));
  CHECK(!cell_request(FRAME_MOUNT, NULL, "/mnt", NULL, false));
  CHECK(!cell_request(FRAME_MOUNT, "vol1", NULL, "../vol2", false));
  CHECK(!cell_request(FRAME_MOUNT, "vol1", "mnt", NULL, false));
  CHECK(cell_request(FRAME_UNMOUNT, "vol1", NULL, NULL, false));
  CHECK(!cell_request(FRAME_UNMOUNT, NULL, "/mnt", NULL, false));
  CHECK(!cell_request(FRAME_UNMOUNT, "vol1", NULL, NULL, true));
  CHECK(!cell_request(FRAME_UNMOUNT, "vol1", NULL, "vol2", false));
  CHECK(cell_request(FRAME_LOCATE, NULL, "/mnt", NULL, false));
  CHECK(!cell_request(FRAME_LOCATE, "vol1", "/mnt", NULL, false));
  CHECK(!cell_request(FRAME_LOCATE, NULL, NULL, NULL, false));
  CHECK(!cell_request(FRAME_LOCATE, NULL, "mnt", NULL, false));
  CHECK(cell_request(FRAME_SYNC, NULL, NULL, NULL, false));
  CHECK(!cell_request(FRAME_SYNC, NULL, "/mnt", NULL, false));
}

static void bad_requests_are_refused(void) {
  CHECK(claim_with(3, "\0\0\0\0/a\0", 7));
  CHECK(!claim_with(1, "img2", 4));              /* twice */
  CHECK(!claim_with(8, "", 0));                  /* unknown */
  CHECK(!claim_with(65535, "", 0));              /* unknown, beyond every mask */
  CHECK(!claim_with(3, "\0\0\0\0/a", 6));        /* no end of the target */
  CHECK(!claim_with(3, "\0\0\0\0a\0", 6));       /* relative */
  CHECK(!claim_with(3, "\0\x0c\0\0/a\0", 7));    /* setuid */
  CHECK(!claim_with(4, "\0\0\0\0../x\0/a", 11)); /* out of the dock */
  CHECK(!claim_with(4, "\0\0\0\0a//b\0/a", 11));
  CHECK(!claim_with(4, "\4\0\0\0v\0/a", 8)); /* unknown flag */
  CHECK(exec_with(6, "\x18\0\x50\0", 4));
  CHECK(!exec_with(1, "x\0", 2));
  CHECK(!exec_with(8, "\2", 1));
  CHECK(!exec_with(0, "", 0));
  CHECK(!exec_with(40, "", 0));
  CHECK(!exec_with(6, "\x18\0\x50", 3));
  struct bytes payload = {0};
  struct exec_request exec;
  add_field(&payload, 1, "x", 1); /* not ended */
  struct frame frame = {.type = FRAME_EXEC, .exec = 1, .payload = payload.at, .length = (uint32_t)payload.length};
  CHECK(!decode_exec(&frame, &exec));
  struct stdin_request input;
  uint8_t overflow[17];
  memset(overflow, 0xff, sizeof overflow);
  memset(overflow + 8, 0, 8);
  frame = (struct frame){.type = FRAME_STDIN, .exec = 1, .payload = overflow, .length = sizeof overflow};
  CHECK(!decode_stdin(&frame, &input));
}

/* A ring against a plain array that keeps everything. */
static void rings_keep_what_is_not_acknowledged(void) {
  enum { TOTAL = 1 << 20 };
  uint8_t *model = malloc(TOTAL);
  struct ring ring = ring_of(4096);
  unsigned seed = 7;
  size_t written = 0;
  while (written < TOTAL) {
    uint8_t piece[3000];
    size_t wanted = (size_t)rand_r(&seed) % sizeof piece;
    wanted = wanted < TOTAL - written ? wanted : TOTAL - written;
    for (size_t i = 0; i < wanted; i++) {
      piece[i] = (uint8_t)rand_r(&seed);
    }
    size_t put = ring_put(&ring, piece, wanted);
    CHECK(put == (wanted < 4096 - (written - ring.start) ? wanted : 4096 - (written - ring.start)));
    memcpy(model + written, piece, put);
    written += put;
    CHECK(ring.end == written && ring_used(&ring) <= 4096);
    for (uint64_t at = ring.start; at < ring.end;) {
      size_t length;
      const uint8_t *kept = ring_bytes(&ring, at, &length);
      CHECK(length > 0 && at + length <= ring.end && memcmp(kept, model + at, length) == 0);
      at += length;
    }
    ring_forget(&ring, ring.start + (ring_used(&ring) == 0 ? 0 : (size_t)rand_r(&seed) % (ring_used(&ring) + 1)));
  }
  ring_release(&ring);
  ring_release(&ring);
  free(model);
}

static void write_seed(const char *folder, const char *name, const struct bytes *bytes) {
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes->at, 1, bytes->length, file) == bytes->length && fclose(file) == 0);
}

static void write_seeds(const char *folder) {
  struct bytes claim = claim_payload();
  struct bytes exec = exec_payload();
  struct bytes mount = mount_payload();
  struct bytes claim_frame = frame_of(FRAME_CLAIM, 0, &claim);
  struct bytes exec_frame = frame_of(FRAME_EXEC, 1, &exec);
  struct bytes mount_frame = frame_of(FRAME_MOUNT, 0, &mount);
  write_seed(folder, "claim-payload", &claim);
  write_seed(folder, "exec-payload", &exec);
  write_seed(folder, "mount-payload", &mount);
  add(&claim_frame, exec_frame.at, exec_frame.length);
  add(&claim_frame, mount_frame.at, mount_frame.length);
  write_seed(folder, "claim-exec-mount", &claim_frame);
}

int main(int count, char **arguments) {
  if (count == 3 && strcmp(arguments[1], "--write-seeds") == 0) {
    write_seeds(arguments[2]);
    return 0;
  }
  frames_are_taken_whole_or_refused();
  requests_are_decoded();
  cell_requests_have_their_fields_and_no_others();
  bad_requests_are_refused();
  rings_keep_what_is_not_acknowledged();
  return 0;
}
