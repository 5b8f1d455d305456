/* What there is of a block, whether it can be had back, and its lost symbols made anew. */
#ifndef OBJECT_CHECK_BLOCK_H
#define OBJECT_CHECK_BLOCK_H

#include "object/block_list.h"
#include "object/job.h"
#include "store/store.h"

typedef struct check_block {
    job *job;
    store *store; /* the block is open; mending has begun in it, see closed */
    const spool *names;
    const listed_block *listed;
    const char *scratch_dir;
    bool repair, dry_run;
    const rq_error *closed; /* why nothing can be put into the store; NULL: it can */
    rq_health *sum;         /* of all blocks; this one's is added */
    rq_error *obstacle; /* gets the first error that is one of a block or symbol, not of the call */
} check_block;

/* Units of progress that the block will count. */
uint64_t check_block_units(const rq_oti *oti, uint64_t names, bool repair);
/* Memory below which it fails, and above which it is not faster. */
void check_block_memory(const rq_oti *oti, uint64_t names, uint32_t threads, bool repair,
                        uint64_t *smallest, uint64_t *comfortable);

/* Tells the observer of the block, then of every symbol of it that is not good. */
int check_block_run(const check_block *block);

#endif
