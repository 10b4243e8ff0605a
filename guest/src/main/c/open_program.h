/* The built-in program `open`: one open file, served over stdin and stdout as guest/PROTOCOL.md says. */
#ifndef ATOLL_OPEN_PROGRAM_H
#define ATOLL_OPEN_PROGRAM_H

/* Runs `open PATH MODE` in a process of its own, with the user's identity; returns its exit code. */
int open_program_main(const char *const *argv);

#endif
