/* A layout read from its file, checked against itself and against RFC 6330. */
#ifndef OBJECT_LAYOUT_FILE_H
#define OBJECT_LAYOUT_FILE_H

#include "layout/layout.h"
#include "object/spool.h"

/* Reads the layout at path. RQ_ERROR_NOT_FOUND if it cannot be opened, else as layout_read. */
int layout_file_read(const char *path, const layout_visitor *visitor,
                     const rq_allocator *allocator, rq_error *error);

/* The parameters of a block, if they are possible and fit its size. */
int layout_file_parameters(const layout_block *block, rq_oti *oti, rq_error *error);

/* A block and where its symbols' names are among all names. */
typedef struct listed_block {
    layout_block block;
    rq_oti oti;
    uint64_t first_name;
} listed_block;

/* All blocks in the order of their offsets, and all names in the order of the text. */
typedef struct layout_list {
    const rq_allocator *allocator;
    listed_block *blocks;
    size_t count, capacity;
    spool *names;         /* of digests; NULL: not wanted */
    uint64_t name_count;
    uint64_t open_position, open_first_name; /* of the block whose names come in */
    rq_error *error;
} layout_list;

void layout_list_begin(layout_list *list, spool *names, const rq_allocator *allocator);
/* Reads and checks: no block_id twice, and the blocks follow each other from 0 without gaps. */
int layout_list_read(layout_list *list, const char *path, rq_error *error);
/* The same checks for a list that was filled otherwise. */
int layout_list_check(layout_list *list, rq_error *error);
int layout_list_add(layout_list *list, const layout_block *block, uint64_t first_name,
                    rq_error *error);
void layout_list_free(layout_list *list);

#endif
