/* Symbols made strip by strip: their pieces wait, in memory or in a scratch file, until all strips
 * are done. */
#ifndef OBJECT_BATCH_H
#define OBJECT_BATCH_H

#include "codec/execute.h"
#include "object/pieces.h"
#include "object/shape.h"
#include "object/spool.h"

typedef struct batch {
    const codec_strips *strips;
    codec_outputs outputs; /* the symbols */
    bool staged;           /* their pieces are in a file */
    uint8_t *rows;         /* or here; NULL where the shape is by chunks: there are only outputs */
    size_t rows_size;
    spool stage;
    uint32_t stage_rows; /* pieces of the widest strip that a worker's buffer holds */
} batch;

/* Room for shape->batch symbols at a time. False if there is no memory; batch_free is right in any
 * case. strips and scratch_dir must outlive the batch. */
bool batch_begin(batch *batch, const codec_strips *strips, const shape *shape,
                 const char *scratch_dir, const rq_allocator *allocator);
void batch_free(batch *batch);

/* The next symbols: clear, then add each, then ready. */
void batch_clear(batch *batch);
bool batch_add(batch *batch, const rfc6330_code *code, uint32_t isi);
int batch_ready(batch *batch, rq_error *error);

/* Makes the pieces of a strip that is solved in workspace; buffer is a worker's; coming are the
 * rows of the strip that the worker is likely to have next. Any worker. */
int batch_emit(const batch *batch, const codec_strip *strip, const uint8_t *workspace,
               uint8_t *buffer, const gf256_coming *coming, rq_error *error);
/* Puts the symbols first to first + count - 1 together, as publish_source wants them. */
int batch_rows(const batch *batch, uint64_t first, uint32_t count, uint8_t *buffer, size_t stride,
               rq_error *error);

#endif
