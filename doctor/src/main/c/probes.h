/* The probes: each tries one thing, in a writable scratch folder as its working directory, and ends by an outcome. */
#ifndef ATOLL_PROBES_H
#define ATOLL_PROBES_H

struct probe {
  const char *name;
  void (*run)(char **arguments);
};

/* Each list ends with a probe without a name. */
extern const struct probe device_probes[];
extern const struct probe mount_probes[];
extern const struct probe kernel_file_probes[];
extern const struct probe call_probes[];
extern const struct probe namespace_probes[];
extern const struct probe identity_probes[];
extern const struct probe init_probes[];
extern const struct probe socket_probes[];
extern const struct probe bombs[];

#endif
