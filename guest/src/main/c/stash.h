/*
 * Descriptors that no user process may ever see: the folder of the worker's socket, the hidden dock, the
 * agent's own /proc, the mounts that can be unmounted later.
 *
 * In gVisor a process may list another's /proc/PID/fd and walk its folders, whatever its rights, and between
 * clone and exec a new child still has a copy of the agent's table. So these descriptors live in no table at
 * all: they wait as a message in a socket, are taken out for one operation, and put back before the next
 * clone.
 */
#ifndef ATOLL_STASH_H
#define ATOLL_STASH_H

enum { STASH_MOUNTS_MAX = 128 };

struct stash {
  int socket_folder; /* with agent.sock */
  int proc;          /* of the agent's own PID namespace */
  int dock;          /* -1 before the claim */
  int hidden;        /* the folder that holds the dock, covered for everybody else; -1 before the claim */
  int mounts[STASH_MOUNTS_MAX];
  int mount_count;
};

/* Opens the folders at boot and puts them away; -1 with errno. */
int stash_open(const char *socket_folder, const char *proc);

/* Takes everything out; -1 with errno (nothing was taken). */
int stash_take(struct stash *stash);

/* Puts everything back; without it the cell is lost, so a failure ends the agent. */
void stash_put(struct stash *stash);

#endif
