/* Commands, names and the table of watches, under the address and undefined behaviour sanitizers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "command.h"
#include "event.h"
#include "output.h"
#include "watches.h"

#define CHECK(condition)                                                    \
  do {                                                                      \
    if (!(condition)) {                                                     \
      (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                              \
    }                                                                       \
  } while (0)

static char buffer[4096];

static bool parsed(const char *text, struct command *command) {
  const char *reason;
  (void)snprintf(buffer, sizeof buffer, "%s", text);
  return command_parse(buffer, strlen(buffer), command, &reason);
}

static bool refused(const char *text) {
  struct command command;
  return !parsed(text, &command);
}

static void commands_are_read(void) {
  struct command command;
  CHECK(parsed("{\"ReadFile\":{\"path\":\"/a b\"}}", &command));
  CHECK(command.operation == READ_FILE && strcmp(command.path, "/a b") == 0);
  CHECK(parsed(" {\t\"MakeDirectory\" : {\"parents\":true ,\r\n\"path\":\"/x\"} } ", &command));
  CHECK(command.operation == MAKE_DIRECTORY && command.parents);
  CHECK(parsed("{\"Stat\":{\"path\":\"/\\u00e9\\ud83d\\ude00\\\"\\\\\\/\\n\\t\"}}", &command));
  CHECK(strcmp(command.path, "/\xc3\xa9\xf0\x9f\x98\x80\"\\/\n\t") == 0);
  CHECK(parsed("{\"Watch\":{\"path\":\"/\",\"recursive\":true,\"filter\":null,\"timeout_secs\":null}}", &command));
  CHECK(command.recursive && command.filter == ALL_EVENTS && command.timeout_secs == NO_TIMEOUT);
  CHECK(parsed("{\"Watch\":{\"path\":\"/\",\"recursive\":false,\"filter\":[],\"timeout_secs\":0}}", &command));
  CHECK(!command.recursive && command.filter == 0 && command.timeout_secs == 0);
  CHECK(parsed("{\"Watch\":{\"path\":\"/\",\"filter\":[\"Create\",\"RenameTo\"],\"timeout_secs\":90}}", &command));
  CHECK(command.filter == (1U << CREATE | 1U << RENAME_TO) && command.timeout_secs == 90);
}

static void other_commands_are_refused(void) {
  static const char *const texts[] = {
      "",
      "null",
      "{}",
      "{\"ReadFile\":{}}",
      "{\"ReadFile\":{\"path\":\"\"}}",
      "{\"ReadFile\":{\"path\":\"a\"}}",
      "{\"ReadFile\":{\"path\":null}}",
      "{\"ReadFile\":{\"path\":\"/a\",}}",
      "{\"ReadFile\":{\"path\":\"/a\"}",
      "{\"ReadFile\":{\"path\":\"/a\"}}}",
      "{\"ReadFile\":{\"path\":\"/a\"},\"Stat\":{\"path\":\"/a\"}}",
      "{\"ReadFile\":{\"path\":\"/a\",\"path\":\"/b\"}}",
      "{\"ReadFile\":{\"path\":\"/a\",\"recursive\":true}}",
      "{\"readfile\":{\"path\":\"/a\"}}",
      "{\"Chmod\":{\"path\":\"/a\"}}",
      "{\"Stat\":{\"path\":\"/a\\u0000b\"}}",
      "{\"Stat\":{\"path\":\"/\\ud83d\"}}",
      "{\"Stat\":{\"path\":\"/\\ud83dx\"}}",
      "{\"Stat\":{\"path\":\"/\\ude00\"}}",
      "{\"Stat\":{\"path\":\"/\\u12\"}}",
      "{\"Stat\":{\"path\":\"/\\x\"}}",
      "{\"Stat\":{\"path\":\"/\n\"}}",
      "{\"Stat\":{\"path\":\"/\xff\"}}",
      "{\"Stat\":{\"path\":\"/\xed\xa0\x80\"}}",
      "{\"Stat\":{\"path\":\"/a",
      "{\"Stat\":{\"path\":\"/a\\",
      "{\"Remove\":{\"path\":\"/a\",\"recursive\":1}}",
      "{\"Watch\":{\"path\":\"/a\",\"filter\":[\"Delete\"]}}",
      "{\"Watch\":{\"path\":\"/a\",\"filter\":[\"Create\",]}}",
      "{\"Watch\":{\"path\":\"/a\",\"filter\":\"Create\"}}",
      "{\"Watch\":{\"path\":\"/a\",\"timeout_secs\":-1}}",
      "{\"Watch\":{\"path\":\"/a\",\"timeout_secs\":1.5}}",
      "{\"Watch\":{\"path\":\"/a\",\"timeout_secs\":01}}",
      "{\"Watch\":{\"path\":\"/a\",\"timeout_secs\":1e3}}",
      "{\"Watch\":{\"path\":\"/a\",\"timeout_secs\":1234567890123456789}}",
      "{\"Watch\":{\"path\":\"/a\",\"timeout_secs\":",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (!refused(texts[i])) {
      (void)fprintf(stderr, "accepted: %s\n", texts[i]);
      exit(1);
    }
  }
}

static bool is_named(const char *file, uint32_t number, const char *expected) {
  const char *name;
  size_t length;
  bool found = account_find(file, strlen(file), number, &name, &length);
  return expected == NULL ? !found : found && length == strlen(expected) && memcmp(name, expected, length) == 0;
}

static void accounts_are_found(void) {
  static const char file[] =
      "root:x:0:0:root:/root:/bin/sh\n\n# comment\nhalf:x\n:x:5:\nbad:x:7x:\nlong:x:4294967302:\none:x:7:7::/:\ntwo:x:7:\nend:x:9";
  CHECK(is_named(file, 0, "root"));
  CHECK(is_named(file, 7, "one"));
  CHECK(is_named(file, 9, "end"));
  CHECK(is_named(file, 5, NULL));
  CHECK(is_named(file, 6, NULL));
  CHECK(is_named("", 0, NULL));
  CHECK(is_named("a:b:", 0, NULL));
}

static void strings_are_escaped(void) {
  static struct output output = {.descriptor = -1};
  output_string(&output, "a\"\\\n\x7f\xc3\xa9\xff\xf0\x9f");
  static const char expected[] = "\"a\\\"\\\\\\u000a\\u007f\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"";
  CHECK(output.used == strlen(expected) && memcmp(output.bytes, expected, output.used) == 0);
}

static unsigned char forgotten[1 << 10];

static void forget(int descriptor) { forgotten[descriptor]++; }

/* Many more than fit are put, in an order that collides; every path is found until it is forgotten. */
static void watches_are_kept_up_to_a_bound(void) {
  char path[64];
  for (int i = 0; i < WATCHES_MAX; i++) {
    (void)snprintf(path, sizeof path, "/watched/%d", i);
    CHECK(watches_put(i, path));
  }
  CHECK(!watches_put(WATCHES_MAX, "/one/more"));
  CHECK(watches_put(7, "/replaced"));
  CHECK(strcmp(watches_path(7), "/replaced") == 0);
  for (int i = 1000; i < WATCHES_MAX; i++) {
    (void)snprintf(path, sizeof path, "/watched/%d", i);
    CHECK(strcmp(watches_path(i), path) == 0);
    watches_forget(i);
    CHECK(watches_path(i) == NULL);
  }
  watches_move("/watched/12", "/elsewhere");
  CHECK(strcmp(watches_path(12), "/elsewhere") == 0);
  CHECK(strcmp(watches_path(123), "/watched/123") == 0);
  watches_forget_below("/watched", forget);
  for (int i = 0; i < 1000; i++) {
    CHECK(forgotten[i] == (i != 7 && i != 12) && (watches_path(i) == NULL) == (forgotten[i] == 1));
  }
  char *large = malloc(WATCHES_BYTES_MAX + 1);
  memset(large, 'x', WATCHES_BYTES_MAX);
  large[WATCHES_BYTES_MAX] = '\0';
  CHECK(!watches_put(1, large));
  free(large);
  watches_forget(7);
  watches_forget(12);
  watches_forget(12);
}

int main(void) {
  commands_are_read();
  other_commands_are_refused();
  accounts_are_found();
  strings_are_escaped();
  watches_are_kept_up_to_a_bound();
  return 0;
}
