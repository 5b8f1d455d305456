/* A block out of its symbols: scan, plan, solve, write. */
#ifndef OBJECT_DECODE_BLOCK_H
#define OBJECT_DECODE_BLOCK_H

#include "layout/layout.h"
#include "object/job.h"
#include "object/output.h"
#include "object/shape.h"
#include "object/spool.h"
#include "store/store.h"

typedef struct decode_block {
    job *job;
    store *store;
    output *output;
    const spool *names; /* digests of all symbols that may be there */
    uint64_t first_name, name_count;
    const char *scratch_dir;
    uint64_t block_id, offset; /* offset of the block in the output */
    rq_oti oti;                /* F is the block's size */
    bool has_hash;
    digest hash;
    rq_decode_report *report;
    uint16_t *name_states; /* of each name; see decode_scan.c */
} decode_block;

/* Units of progress that the block will count. */
uint64_t decode_block_units(const rq_oti *oti);

shape_work decode_block_work(const rq_oti *oti, uint32_t workers);

/* Writes the block to the output once it is complete and its hash right. The store's block is open.
 */
int decode_block_run(decode_block *block);

#endif
