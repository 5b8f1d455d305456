/* A block into symbols: the pipeline of encode and of metadata, which differ in the store. */
#ifndef OBJECT_ENCODE_BLOCK_H
#define OBJECT_ENCODE_BLOCK_H

#include "object/input.h"
#include "object/publish.h"
#include "object/shape.h"

typedef struct encode_block {
    job *job;
    const input *input;
    store *store;
    layout_writer *layout;
    const char *scratch_dir;
    uint64_t block_id, offset; /* offset of the block in the input */
    rq_oti oti;                /* F is the block's size */
    uint64_t repairs;          /* of each source block */
} encode_block;

/* Work units of progress that the block will count: its size and what is made of it. */
uint64_t encode_block_units(const rq_oti *oti, uint64_t repairs);

/* What encode_block_run's memory depends on. */
shape_work encode_block_work(const rq_oti *oti, uint64_t repairs, bool names_only,
                             uint32_t workers);

/* Publishes all symbols and gives the block's hash. The store's block is open, the layout's begun.
 */
int encode_block_run(encode_block *block, digest *hash);

#endif
