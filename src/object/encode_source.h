/* One source block into symbols; private to the encoding pipeline. */
#ifndef OBJECT_ENCODE_SOURCE_H
#define OBJECT_ENCODE_SOURCE_H

#include "object/batch.h"
#include "object/encode_block.h"
#include "object/solvers.h"
#include "object/window.h"

typedef struct encode_source {
    encode_block *block;
    shape shape;
    codec_strips strips;
    publisher publisher;
    digest_state hash; /* of the block, over all its source blocks in order */
    uint8_t sbn;
    uint32_t K;
    uint64_t offset, end; /* in the input: where the source block begins, the block ends */
    /* While it runs: */
    const rq_plan *plan; /* NULL if there are no repair symbols */
    solvers solvers;
    uint8_t *window_data;
    size_t window_size;
    window window; /* what window_data holds */
    bool hashed;   /* the source block is in the hash */
    batch batch;
    uint64_t batch_first, batch_count;
    uint8_t **panels; /* by chunks: one a worker, the same chunk of the whole batch */
    size_t panel_size;
    digest *values; /* of the batch's chunks */
    size_t values_count;
} encode_source;

int encode_source_run(encode_source *source);

/* The rows of a strip of the window, as inputs of the plan. */
void encode_source_inputs(const encode_source *source, const codec_strip *strip,
                          const uint8_t **inputs);

/* ---- encode_chunks.c: repair symbols are named without being put together ---- */

bool encode_chunks_begin(encode_source *source);
void encode_chunks_free(encode_source *source);
/* Makes the values of all chunks of the batch out of the window, which holds the source block. */
int encode_chunks_run(encode_source *source);
/* For publish_source. */
void encode_chunks_names(void *source, uint64_t first, uint32_t count, digest *names);

#endif
