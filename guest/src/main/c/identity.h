/* What a user process may be and do. The policy comes with the claim; each child takes it on before exec. */
#ifndef ATOLL_IDENTITY_H
#define ATOLL_IDENTITY_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

/*
 * Sets the policy of all later user processes and drops the rest from the bounding set for good. -1 with
 * errno: EPERM for a set that would reach the agent.
 */
int identity_set_policy(uint64_t capabilities, const uint8_t *seccomp, size_t seccomp_count);

/*
 * In a child: groups, gid, uid, capabilities, no_new_privs, seccomp, in this order. Raw system calls only,
 * since a vfork child shares the agent's memory. -1 with errno and the failed step.
 */
int identity_assume(const struct exec_request *request, const char **step);

/* In a child of the agent's own: gives up all capabilities. */
int identity_drop_capabilities(void);

#endif
