/* The built-in program `fifos`: looks for FIFOs in folders, as guest/PROTOCOL.md says. */
#ifndef ATOLL_FIFOS_PROGRAM_H
#define ATOLL_FIFOS_PROGRAM_H

/* Runs `fifos SINCE FOLDER...` in a process of its own; returns its exit code. */
int fifos_program_main(const char *const *argv);

#endif
