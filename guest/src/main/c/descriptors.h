/* Descriptor tables. */
#ifndef ATOLL_DESCRIPTORS_H
#define ATOLL_DESCRIPTORS_H

/* Closes every descriptor from `first` on. Needs no memory and no file system, so it may run in a vfork child. */
void descriptors_close_from(unsigned first);

/* Makes 0, 1 and 2 exist (/dev/null where they don't) and closes the rest; -1 with errno. */
int descriptors_clean(void);

#endif
