/* Descriptor tables. */
#ifndef ATOLL_DESCRIPTORS_H
#define ATOLL_DESCRIPTORS_H

/* Closes every descriptor from `first` on. Needs no memory and no file system, so it may run in a vfork child. */
void descriptors_close_from(unsigned first);

/* Makes 0 and 1 the cell's /dev/null, keeps 2 where it exists, and closes the rest; -1 with errno. */
int descriptors_clean(void);

#endif
