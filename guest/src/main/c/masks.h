/* What user processes must not see or change in /proc and /sys where only namespaces isolate them. */
#ifndef ATOLL_MASKS_H
#define ATOLL_MASKS_H

/*
 * Covers the paths of the OCI runtimes' defaults below the users' proc and /sys; what doesn't exist is
 * skipped. -1 with errno and the failed path.
 */
int masks_apply(const char *proc, const char *sys, const char **step);

#endif
