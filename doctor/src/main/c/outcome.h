/* How a probe ends: one line on stdout, and the process with it. */
#ifndef ATOLL_OUTCOME_H
#define ATOLL_OUTCOME_H

/* The probe could do what it must not. */
_Noreturn void succeeded(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Something refused it. */
_Noreturn void refused(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `succeeded` for a result that isn't negative, else `refused` with errno's words. */
_Noreturn void judge(const char *what, long result);

/* As `judge`; an errno that the kernel gives only after its permission check counts as success, too. */
_Noreturn void judge_beyond(const char *what, long result, int beyond);

#endif
