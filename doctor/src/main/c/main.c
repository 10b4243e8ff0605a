/*
 * attack PROBE [ARGUMENT...]           tries one thing and says on one line whether it "succeeded:" or was "refused:"
 * attack control PROBE [ARGUMENT...]   the same in new namespaces of the caller, without any sandbox around it
 *
 * What a probe does when nothing stops it is harmless: a value is written that was there already, targets are made for
 * it, amounts and times are small.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "probes.h"

static const struct probe *const lists[] = {
    device_probes, mount_probes, kernel_file_probes, call_probes, namespace_probes,
    identity_probes, init_probes, socket_probes, bombs,
};

static const struct probe *find(const char *name) {
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    for (const struct probe *probe = lists[i]; probe->name != NULL; probe++) {
      if (strcmp(probe->name, name) == 0) {
        return probe;
      }
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  int first = count > 1 && strcmp(arguments[1], "control") == 0 ? 2 : 1;
  const struct probe *probe = count > first ? find(arguments[first]) : NULL;
  if (probe == NULL) {
    (void)fprintf(stderr, "usage: attack [control] PROBE [ARGUMENT...]\n");
    return 2;
  }
  (void)alarm(20);
  if (first == 2) {
    return control_run(probe, arguments + first + 1);
  }
  probe->run(arguments + first + 1);
  (void)fprintf(stderr, "%s came to no end\n", probe->name);
  return 2;
}
