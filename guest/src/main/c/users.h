/*
 * The users' processes as a whole: their PID namespace, its init, and the end of all of them.
 *
 * The agent stays outside the namespace, so that no user process can see or reach it.
 */
#ifndef ATOLL_USERS_H
#define ATOLL_USERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Why the users are gone; the numbers of the DEAD frame. */
enum death { ALIVE = 0, DEATH_OF_INIT = 1, DEATH_OF_AGE = 2 };

/*
 * Makes the namespace: starts its init, which mounts the users' proc on `proc_folder`. Every process that
 * the agent starts from now on is born in it. -1 with errno and the failed step.
 */
int users_open(const char *proc_folder, const char **step);

/* Whether this child is the users' init; its end is everybody's. */
bool users_is_init(pid_t pid);

/* Notes that the users' init has died. */
void users_init_died(void);

/* Ends everybody after that time; 0 = never. */
void users_limit_lifetime(uint64_t millis);

/* When the lifetime is over, or NEVER. */
int64_t users_next_time(void);

/* Kills everybody when the lifetime is over. */
void users_check_time(void);

enum death users_death(void);

/*
 * Sends a signal to every process whose session is `session` (a pid of the agent's namespace), and returns
 * how many there were. Zombies count.
 */
int users_signal_session(pid_t session, int signal);

#endif
