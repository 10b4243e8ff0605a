/* Which folders are watched: one, or a whole tree with what is added to it later. */
#ifndef ATOLL_WATCH_TREE_H
#define ATOLL_WATCH_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct watch_tree {
  int inotify;
  uint32_t mask; /* of every folder */
  bool recursive;
  /* Told of each entry of a folder that came with content. */
  void (*found)(const char *path);
  /* Told of a folder that can't be watched. */
  void (*missed)(const char *path);
  /* Stops inotify's watch of that descriptor. */
  void (*unwatch)(int descriptor);
};

/* Watches the first folder, and what is below it when recursive; -1 with errno when that can't be. */
int watch_tree_begin(const struct watch_tree *tree, const char *path);

/* Watches a folder that has come, and what is below it. `fresh`: its entries are news, too. */
void watch_tree_add(const struct watch_tree *tree, const char *path, bool fresh);

/* Whether a folder that has come was found by a scan already, and so told of. */
bool watch_tree_has(const struct watch_tree *tree, const char *path);

/* Stops watching a folder that has gone elsewhere, and what is below it. */
void watch_tree_remove(const struct watch_tree *tree, const char *path);

#endif
