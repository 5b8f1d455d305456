/* A layout read from its file, checked against itself and against RFC 6330. */
#ifndef OBJECT_BLOCK_LIST_H
#define OBJECT_BLOCK_LIST_H

#include "layout/layout.h"
#include "object/spool.h"

/* The path of the layout: layout_path, or where that is NULL its usual name in symbols_dir. NULL if
 * there is no memory; block_list_path_free takes NULL. */
char *block_list_path(const char *symbols_dir, const char *layout_path);
void block_list_path_free(char *path);

/* Reads the layout at path. RQ_ERROR_NOT_FOUND if it cannot be opened, RQ_ERROR_IO if it is no
 * regular file, RQ_ERROR_CANCELLED if the progress callback of the settings, which is told of no
 * work done, says so; else as layout_read. */
int block_list_scan(const char *path, const layout_visitor *visitor, const rq_options *settings,
                    const rq_allocator *allocator, rq_error *error);

/* The parameters of a block, if they are possible and fit its size. */
int block_list_parameters(const layout_block *block, rq_oti *oti, rq_error *error);

/* A block and where its symbols' names are among all names. */
typedef struct listed_block {
    layout_block block;
    rq_oti oti;
    uint64_t first_name;
} listed_block;

/* All blocks in the order of their offsets, and all names in the order of the text. */
typedef struct block_list {
    const rq_allocator *allocator;
    listed_block *blocks;
    size_t count, capacity;
    spool *names; /* of digests; NULL: not wanted */
    uint64_t name_count;
    uint64_t open_position, open_first_name; /* of the block whose names come in */
    rq_error *error;
} block_list;

void block_list_begin(block_list *list, spool *names, const rq_allocator *allocator);
/* Reads and checks: no block_id twice, and the blocks follow each other from 0 without gaps. */
int block_list_read(block_list *list, const char *path, const rq_options *settings,
                    rq_error *error);
/* The same checks for a list that was filled otherwise. */
int block_list_check(block_list *list, rq_error *error);
int block_list_add(block_list *list, const layout_block *block, uint64_t first_name,
                   rq_error *error);
void block_list_free(block_list *list);

#endif
