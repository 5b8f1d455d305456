/* What peeling leaves: a small dense system in the inactive columns; private to this room.
 *
 * Peeled symbols are written as (known part) + (sum of inactive symbols). A row that was no pivot
 * then says: a sum of inactive symbols equals its known part l. Gauss-Jordan over those binary rows
 * expresses all but a few inactive symbols by l and the few (the free ones); the HDPC rows, over
 * octets, give the free ones. */
#ifndef PLAN_DENSE_H
#define PLAN_DENSE_H

#include "plan/parts.h"
#include "plan/peel.h"

/* The HDPC rows' coefficients of one column. */
typedef struct plan_hdpc_column {
    uint8_t octets[RFC6330_MAX_H];
} plan_hdpc_column;

typedef struct plan_dense {
    const rq_allocator *allocator;
    const plan_matrix *matrix;
    const plan_peeling *peeling;
    plan_pivot_rows pivots;
    uint32_t words;   /* 64-bit words for a set of inactive columns */
    plan_parts parts; /* of the peeled columns */
    uint32_t leftover_count;
    uint32_t *leftover_rows; /* their matrix rows; after solving, the rank first ones are used */
    uint32_t row_words;      /* of a row of the system: words, then a set of leftover rows */
    uint64_t *rows;          /* leftover_count x row_words: inactive columns, and which leftovers'
                                sum it is */
    uint32_t *order;         /* row i of the reduced system is row order[i] of the above */
    uint32_t rank;
    uint16_t *pivot; /* inactive index that reduced row i determines, i < rank */
    uint16_t *free;  /* inactive indexes no binary row determines */
    uint32_t free_count;
    plan_hdpc_column *hdpc; /* of each inactive column */
    /* free symbol f = sum over k < free_count of inverse[f][k] times reduced HDPC sum chosen[k] */
    uint8_t inverse[RFC6330_MAX_H][RFC6330_MAX_H];
    uint8_t chosen[RFC6330_MAX_H];
} plan_dense;

/* RQ_OK, RQ_ERROR_MEMORY, RQ_ERROR_CANCELLED by the watch, which may be NULL, or RQ_ERROR_DECODE
 * with how many more rows are needed at the least. plan_dense_free is right in all cases. */
int plan_dense_solve(plan_dense *dense, const plan_matrix *matrix, const plan_peeling *peeling,
                     const plan_pivot_rows *pivots, const plan_watch *watch, uint32_t *missing);
void plan_dense_free(plan_dense *dense);

static inline bool plan_bit(const uint64_t *set, uint32_t i)
{
    return set[i / 64] >> (i % 64) & 1;
}

static inline const uint64_t *plan_dense_row(const plan_dense *dense, uint32_t i)
{
    return dense->rows + (size_t)dense->order[i] * dense->row_words;
}

/* True if reduced row i uses the leftover that became row j of the reduced system. */
static inline bool plan_dense_uses(const plan_dense *dense, uint32_t i, uint32_t j)
{
    return plan_bit(plan_dense_row(dense, i) + dense->words, dense->order[j]);
}

/* True if the symbol of reduced row i depends on free symbol f. */
static inline bool plan_dense_depends(const plan_dense *dense, uint32_t i, uint32_t f)
{
    return plan_bit(plan_dense_row(dense, i), dense->free[f]);
}

#endif
