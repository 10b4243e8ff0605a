/* How the tool fails: one JSON object on stderr, and the exit code 1. */
#ifndef ATOLL_FAILURE_H
#define ATOLL_FAILURE_H

/* Fails with a kind of the protocol; the message says what is wrong, the detail where. */
_Noreturn void fail(const char *kind, const char *message, const char *detail);

/* Fails with an errno: its usual kind and its usual message. */
_Noreturn void fail_errno(int error, const char *step);

/* A command that nobody understands. */
#define INVALID_COMMAND "InvalidCommand"

#endif
