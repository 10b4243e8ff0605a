/* The names of files that are being written: a watch leaves them out. */
#ifndef ATOLL_TEMPORARY_H
#define ATOLL_TEMPORARY_H

#define TEMPORARY_PREFIX ".modal-write-"

#endif
