/* What user processes must not see or change in /proc and /sys where only namespaces isolate them. */
#ifndef ATOLL_MASKS_H
#define ATOLL_MASKS_H

/*
 * Covers the paths of the OCI runtimes' defaults below the users' proc and /sys; what doesn't exist is
 * skipped. -1 with errno and the failed path.
 */
int masks_apply(const char *proc, const char *sys, const char **step);

/*
 * Where a kernel of the cell's own isolates: hides what it shows of the users' init, the first process of `proc`, and
 * takes what only the cell's kernel would answer. -1 with errno and the failed path.
 */
int masks_apply_to_init(const char *proc, const char *dev, const char **step);

#endif
