/* Pseudo terminals of the cell's own devpts. */
#ifndef ATOLL_TERMINAL_H
#define ATOLL_TERMINAL_H

#include <stdint.h>

/* Opens the folder of the devpts, from which terminals are made whatever users do to /dev; -1 with errno. */
int terminal_open_folder(const char *path);

/* Makes a terminal that belongs to a user: its non-blocking master end and its other end; -1 with errno. */
int terminal_make(uint32_t uid, uint16_t rows, uint16_t columns, int *master, int *user_end);

void terminal_resize(int fd, uint16_t rows, uint16_t columns);

#endif
