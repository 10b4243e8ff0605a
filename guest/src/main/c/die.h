/* The end of a cell that can't go on. */
#ifndef ATOLL_DIE_H
#define ATOLL_DIE_H

/* Says on stderr what failed, with errno, and ends the agent and so the cell. */
_Noreturn void die(const char *what);

#endif
