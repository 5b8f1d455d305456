/* How the work on a source block is cut to fit the memory there is. Pure arithmetic: the pipelines
 * allocate what it says, and rq_memory_required asks it the same questions. */
#ifndef OBJECT_SHAPE_H
#define OBJECT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "codec/strips.h"

typedef struct shape {
    uint32_t workers;
    uint32_t strip_width;    /* the widest strip */
    uint32_t window_columns; /* at least T: one window holds all */
    uint32_t worker_buffer;  /* bytes for symbols a worker assembles */
    uint64_t batch;          /* encode: repair symbols made at a time */
    bool staged;             /* encode: repair symbols go through a scratch file, piece by piece */
    bool by_chunks;          /* encode: they are named chunk by chunk and never put together */
    uint64_t memory;         /* what all this allocates */
} shape;

/* What the shape is for. */
typedef struct shape_work {
    rq_oti oti;
    uint32_t K;          /* of the largest source block */
    uint64_t repairs;    /* encode: of each source block */
    bool names_only;     /* encode: nobody wants the symbols themselves */
    uint32_t extra_rows; /* decode, mend: rows beyond K */
    bool decode;         /* those are pieces of their own, and it is planned when rows are there */
    uint32_t buffer;     /* the worker_buffer wished for; 0: the usual */
    uint32_t workers;    /* wanted */
} shape_work;

/* The best shape within memory bytes. False if there is none. */
bool shape_encode(const shape_work *work, uint64_t memory, shape *shape);
bool shape_decode(const shape_work *work, uint64_t memory, shape *shape);

/* The least memory that gives a shape, and the least that gives the best one. */
uint64_t shape_encode_smallest(const shape_work *work);
uint64_t shape_encode_comfortable(const shape_work *work);
uint64_t shape_decode_smallest(const shape_work *work);
uint64_t shape_decode_comfortable(const shape_work *work);

/* Where a symbol with its payload id lies in a row of symbols: the symbol itself is aligned. */
enum { SHAPE_ROW_LEAD = 64, SHAPE_ROW_ID = SHAPE_ROW_LEAD - 4 };

static inline size_t shape_row_stride(uint32_t T)
{
    return ((size_t)T + SHAPE_ROW_LEAD + 63) / 64 * 64;
}

/* Repair symbols are named chunk by chunk if they have enough of them to share among workers. */
bool shape_by_chunks(const shape_work *work);

enum { SHAPE_RUN = 4096 }; /* symbols whose names are kept at a time */

#endif
