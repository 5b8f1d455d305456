#include "plan/dense.h"

#include <string.h>

#include "plan/hdpc.h"
#include "plan/reduce.h"

#define INLINE static inline __attribute__((always_inline))

enum { CHUNK = 4, MOST_CHUNK = 8 }; /* words added at a time; sets may be 1 or 2 words, too */

static uint32_t words_for(uint32_t members)
{
    uint32_t words = (members + 63) / 64;
    return words <= 2 ? words : (words + CHUNK - 1) / CHUNK * CHUNK;
}

static bool allocate(plan_dense *d)
{
    const rq_allocator *a = d->allocator;
    uint32_t inactive = d->peeling->inactive_count, rows = d->leftover_count;
    d->words = words_for(inactive);
    d->row_words = d->words + (rows + 63) / 64;
    d->peeled = memory_allocate(a, d->matrix->code->W, d->words * sizeof *d->peeled);
    d->free = memory_allocate(a, inactive, sizeof *d->free);
    d->hdpc = memory_allocate(a, inactive, sizeof *d->hdpc);
    if (!d->peeled || !d->free || !d->hdpc)
        return false;
    if (rows == 0)
        return true;
    d->leftover_rows = memory_allocate(a, rows, sizeof *d->leftover_rows);
    d->rows = memory_allocate(a, rows, d->row_words * sizeof *d->rows);
    d->order = memory_allocate(a, rows, sizeof *d->order);
    d->pivot = memory_allocate(a, rows, sizeof *d->pivot);
    return d->leftover_rows && d->rows && d->order && d->pivot;
}

void plan_dense_free(plan_dense *d)
{
    const rq_allocator *a = d->allocator;
    uint32_t inactive = d->peeling->inactive_count, rows = d->leftover_count;
    memory_release(a, d->peeled, d->matrix->code->W, d->words * sizeof *d->peeled);
    memory_release(a, d->free, inactive, sizeof *d->free);
    memory_release(a, d->hdpc, inactive, sizeof *d->hdpc);
    memory_release(a, d->leftover_rows, rows, sizeof *d->leftover_rows);
    memory_release(a, d->rows, rows, d->row_words * sizeof *d->rows);
    memory_release(a, d->order, rows, sizeof *d->order);
    memory_release(a, d->pivot, rows, sizeof *d->pivot);
}

/* ---- the system ---- */

/* Adds the sets of peeled columns to n of set's words; n is a constant, so that they stay in
 * registers. */
INLINE void add_sets(uint64_t *set, const uint64_t *sets, uint32_t words, const uint16_t *columns,
                     uint32_t count, uint32_t n)
{
    uint64_t sum[MOST_CHUNK];
    for (uint32_t w = 0; w < n; w++)
        sum[w] = set[w];
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *other = sets + (size_t)columns[i] * words;
        for (uint32_t w = 0; w < n; w++)
            sum[w] ^= other[w];
    }
    for (uint32_t w = 0; w < n; w++)
        set[w] = sum[w];
}

/* set = the inactive part of a row: columns has peeled ones, whose parts are substituted, then
 * inactive ones. */
static void substitute(const plan_dense *d, const uint16_t *columns, uint32_t peeled, uint32_t all,
                       uint64_t *set)
{
    memset(set, 0, d->words * sizeof *set);
    for (uint32_t i = peeled; i < all; i++) {
        uint32_t index = (uint32_t)d->peeling->inactive_index[columns[i]];
        set[index / 64] ^= (uint64_t)1 << (index % 64);
    }
    switch (d->words) {
    case 1:
        add_sets(set, d->peeled, 1, columns, peeled, 1);
        break;
    case 2:
        add_sets(set, d->peeled, 2, columns, peeled, 2);
        break;
    case MOST_CHUNK:
        add_sets(set, d->peeled, MOST_CHUNK, columns, peeled, MOST_CHUNK);
        break;
    default:
        for (uint32_t w = 0; w < d->words; w += CHUNK)
            add_sets(set + w, d->peeled + w, d->words, columns, peeled, CHUNK);
    }
}

static void make_leftovers(plan_dense *d)
{
    const plan_peeling *p = d->peeling;
    uint16_t columns[RFC6330_MAX_ROW + 1];
    uint32_t i = 0, all;
    memset(d->rows, 0, (size_t)d->leftover_count * d->row_words * sizeof *d->rows);
    for (uint32_t row = 0; row < p->row_count; row++) {
        if (p->row_is_done[row])
            continue;
        uint64_t *set = d->rows + (size_t)i * d->row_words;
        uint32_t peeled = plan_row_apart(p, d->matrix, row, UINT32_MAX, columns, &all);
        substitute(d, columns, peeled, all, set);
        set[d->words + i / 64] = (uint64_t)1 << (i % 64);
        d->leftover_rows[i] = row;
        d->order[i] = i;
        i++;
    }
}

static void make_rows(plan_dense *d)
{
    const plan_peeling *p = d->peeling;
    const uint16_t *columns = d->pivots.operands;
    for (uint32_t i = 0; i < p->pivot_count; i++) {
        const gf256_gather *row = &d->pivots.gathers[i];
        substitute(d, columns, row->near, row->all,
                   d->peeled + (size_t)p->pivots[i].column * d->words);
        columns += row->all;
    }
    if (d->leftover_count > 0)
        make_leftovers(d);
}

/* ---- its solution ---- */

int plan_dense_solve(plan_dense *dense, const plan_matrix *matrix, const plan_peeling *peeling,
                     const plan_pivot_rows *pivots, const plan_watch *watch, uint32_t *missing)
{
    *dense = (plan_dense){.allocator = &matrix->arena->lasting,
                          .matrix = matrix,
                          .peeling = peeling,
                          .pivots = *pivots};
    dense->leftover_count = matrix->row_count - matrix->absent_count - peeling->pivot_count;
    if (!allocate(dense))
        return RQ_ERROR_MEMORY;
    make_rows(dense);
    if (!plan_reduce(dense, watch))
        return RQ_ERROR_CANCELLED;
    uint32_t H = matrix->code->H, found = 0;
    if (dense->free_count > 0 && dense->free_count <= H) {
        if (!plan_hdpc_make(dense))
            return RQ_ERROR_MEMORY;
        found = plan_hdpc_solve(dense);
    } else if (dense->free_count > H) {
        found = H;
    }
    *missing = dense->free_count - found;
    return *missing == 0 ? RQ_OK : RQ_ERROR_DECODE;
}
