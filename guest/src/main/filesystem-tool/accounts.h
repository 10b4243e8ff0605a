/* Names of users and groups, as the sandbox's own /etc/passwd and /etc/group (passwd(5), group(5)) have them. */
#ifndef ATOLL_ACCOUNTS_H
#define ATOLL_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum account_file { USERS, GROUPS };

/* The name with that number; false when there is none, or the file can't be read. */
bool account_name(enum account_file file, uint32_t number, const char **name, size_t *length);

/* The first line's name with that number in a file's text. */
bool account_find(const char *text, size_t size, uint32_t number, const char **name, size_t *length);

#endif
