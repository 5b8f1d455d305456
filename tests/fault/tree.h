/* What is at a path: nothing, a file, or a folder with all that is in it, held in memory. */
#ifndef FAULT_TREE_H
#define FAULT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "support/files.h"

typedef struct tree_entry {
    char *path;  /* below the tree's own; "": what is there itself */
    mode_t mode; /* a regular file, a folder or a link */
    size_t size;
    char *data; /* a file's bytes, a link's target */
} tree_entry;

typedef struct tree {
    tree_entry *entries; /* in the order of their paths: a folder comes before what is in it */
    size_t count, room;
} tree;

tree tree_read(const char *path);
/* Nothing, and a file. */
tree tree_of_nothing(void);
tree tree_of_file(const void *data, size_t size);
void tree_free(tree *freed);

/* Makes what is at path the same as `wanted`, and touches nothing that is so already. */
void tree_restore(const tree *wanted, const char *path);

/* True if all in `found`, working folders in it (.rq-*) left aside, is as in one of the two, and
 * all that both agree on is there. */
bool tree_is_between(const tree *found, const tree *one, const tree *other);
bool tree_is(const tree *found, const tree *wanted);
/* The same, but there may be more folders, empty ones. */
bool tree_is_but_for_folders(const tree *found, const tree *wanted);

/* Looks for litter below the folder: names like .*rq-*. True if there is any: path is the first. */
bool tree_has_litter(const char *folder, char path[FILES_PATH]);

#endif
