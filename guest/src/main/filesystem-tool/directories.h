/* Folders on the way to a path. */
#ifndef ATOLL_DIRECTORIES_H
#define ATOLL_DIRECTORIES_H

/*
 * Makes a folder and those above it that are missing; 0 also when it is there. -1 with errno: EEXIST when something else
 * has its name, ENOTDIR when something else is on the way.
 */
int directories_make(char *path);

/* Cuts slashes from the end of an absolute path, but not the one that is the root. */
void directories_trim(char *path);

#endif
