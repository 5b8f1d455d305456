/* What peeling leaves: a small dense system in the inactive columns; private to this room.
 *
 * Peeled symbols are written as (known part) + (sum of inactive symbols). A row that was no pivot
 * then says: a sum of inactive symbols equals its known part l. Gauss-Jordan over those binary rows
 * expresses all but a few inactive symbols by l and the few (the free ones); the HDPC rows, over
 * octets, give the free ones. */
#ifndef PLAN_DENSE_H
#define PLAN_DENSE_H

#include "plan/peel.h"

typedef struct plan_dense {
    const rq_allocator *allocator;
    const plan_matrix *matrix;
    const plan_peeling *peeling;
    uint32_t words;   /* 64-bit words for a set of inactive columns */
    uint64_t *peeled; /* W x words: the inactive part of each peeled LT column */
    uint32_t leftover_count;
    uint32_t leftover_words; /* for a set of leftover rows */
    uint32_t *leftover_rows; /* their matrix rows; after solving, the rank first ones are used */
    uint64_t *coefficients;  /* leftover_count x words */
    uint64_t *history;       /* leftover_count x leftover_words: the sum of original leftovers */
    uint32_t *order;         /* row i of the reduced system is row order[i] of the two above */
    uint32_t rank;
    uint16_t *pivot; /* inactive index that reduced row i determines, i < rank */
    uint16_t *free;  /* inactive indexes no binary row determines */
    uint32_t free_count;
    uint8_t *hdpc; /* H x inactive_count octets */
    /* free symbol f = sum over k < free_count of inverse[f][k] times reduced HDPC sum chosen[k] */
    uint8_t inverse[RFC6330_MAX_H][RFC6330_MAX_H];
    uint8_t chosen[RFC6330_MAX_H];
} plan_dense;

/* RQ_OK, RQ_ERROR_MEMORY, or RQ_ERROR_DECODE with how many more rows are needed at the least.
 * plan_dense_free is right in all cases. */
int plan_dense_solve(plan_dense *dense, const plan_matrix *matrix, const plan_peeling *peeling,
                     uint32_t *missing);
void plan_dense_free(plan_dense *dense);

static inline bool plan_bit(const uint64_t *set, uint32_t i)
{
    return set[i / 64] >> (i % 64) & 1;
}

/* True if reduced row i uses the leftover that became row j of the reduced system. */
static inline bool plan_dense_uses(const plan_dense *dense, uint32_t i, uint32_t j)
{
    return plan_bit(dense->history + (size_t)dense->order[i] * dense->leftover_words,
                    dense->order[j]);
}

/* True if the symbol of reduced row i depends on free symbol f. */
static inline bool plan_dense_depends(const plan_dense *dense, uint32_t i, uint32_t f)
{
    return plan_bit(dense->coefficients + (size_t)dense->order[i] * dense->words, dense->free[f]);
}

#endif
