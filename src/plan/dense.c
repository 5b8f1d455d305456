#include "plan/dense.h"

#include <string.h>

#include "plan/hdpc.h"
#include "plan/reduce.h"

static bool allocate(plan_dense *d)
{
    const rq_allocator *a = d->allocator;
    uint32_t inactive = d->peeling->inactive_count, rows = d->leftover_count;
    d->words = plan_parts_words(inactive);
    d->row_words = d->words + (rows + 63) / 64;
    uint64_t *sets = memory_allocate(a, d->matrix->code->W, d->words * sizeof *sets);
    d->parts = (plan_parts){d->peeling->inactive_index, d->words, sets};
    d->free = memory_allocate(a, inactive, sizeof *d->free);
    d->hdpc = memory_allocate(a, inactive, sizeof *d->hdpc);
    if (!sets || !d->free || !d->hdpc)
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
    memory_release(a, d->parts.sets, d->matrix->code->W, d->words * sizeof *d->parts.sets);
    memory_release(a, d->free, inactive, sizeof *d->free);
    memory_release(a, d->hdpc, inactive, sizeof *d->hdpc);
    memory_release(a, d->leftover_rows, rows, sizeof *d->leftover_rows);
    memory_release(a, d->rows, rows, d->row_words * sizeof *d->rows);
    memory_release(a, d->order, rows, sizeof *d->order);
    memory_release(a, d->pivot, rows, sizeof *d->pivot);
}

/* ---- the system ---- */

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
        plan_parts_of(&d->parts, columns, peeled, all, set);
        set[d->words + i / 64] = (uint64_t)1 << (i % 64);
        d->leftover_rows[i] = row;
        d->order[i] = i;
        i++;
    }
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
    plan_parts_fill(&dense->parts, pivots);
    if (dense->leftover_count > 0)
        make_leftovers(dense);
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
