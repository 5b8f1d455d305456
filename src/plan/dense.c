#include "plan/dense.h"

#include <string.h>

#include "plan/hdpc.h"

static bool allocate(plan_dense *d)
{
    const rq_allocator *a = d->allocator;
    uint32_t inactive = d->peeling->inactive_count, rows = d->leftover_count;
    d->words = (inactive + 63) / 64;
    d->leftover_words = (rows + 63) / 64;
    size_t row_size = d->words * sizeof(uint64_t);
    size_t history_size = d->leftover_words * sizeof(uint64_t);
    d->peeled = memory_allocate(a, d->matrix->code->W, row_size);
    d->free = memory_allocate(a, inactive, sizeof *d->free);
    d->hdpc = memory_allocate(a, d->matrix->code->H, inactive);
    if (!d->peeled || !d->free || !d->hdpc)
        return false;
    if (rows == 0)
        return true;
    d->leftover_rows = memory_allocate(a, rows, sizeof *d->leftover_rows);
    d->coefficients = memory_allocate(a, rows, row_size);
    d->history = memory_allocate(a, rows, history_size);
    d->order = memory_allocate(a, rows, sizeof *d->order);
    d->pivot = memory_allocate(a, rows, sizeof *d->pivot);
    return d->leftover_rows && d->coefficients && d->history && d->order && d->pivot;
}

void plan_dense_free(plan_dense *d)
{
    const rq_allocator *a = d->allocator;
    uint32_t inactive = d->peeling->inactive_count, rows = d->leftover_count;
    size_t row_size = d->words * sizeof(uint64_t);
    size_t history_size = d->leftover_words * sizeof(uint64_t);
    memory_release(a, d->peeled, d->matrix->code->W, row_size);
    memory_release(a, d->free, inactive, sizeof *d->free);
    memory_release(a, d->hdpc, d->matrix->code->H, inactive);
    memory_release(a, d->leftover_rows, rows, sizeof *d->leftover_rows);
    memory_release(a, d->coefficients, rows, row_size);
    memory_release(a, d->history, rows, history_size);
    memory_release(a, d->order, rows, sizeof *d->order);
    memory_release(a, d->pivot, rows, sizeof *d->pivot);
}

static inline void add_words(uint64_t *restrict sum, const uint64_t *restrict row, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++)
        sum[w] ^= row[w];
}

/* set = the inactive part of the row's columns but the one at `skip`; peeled ones are substituted.
 */
static void substitute(const plan_dense *d, uint32_t row, uint32_t skip, uint64_t *set)
{
    const plan_matrix *m = d->matrix;
    const int32_t *index = d->peeling->inactive_index;
    memset(set, 0, d->words * sizeof *set);
    for (uint32_t k = m->row_start[row]; k < m->row_start[row + 1]; k++) {
        uint32_t column = m->row_columns[k];
        if (column == skip)
            continue;
        if (index[column] >= 0)
            set[index[column] / 64] ^= (uint64_t)1 << (index[column] % 64);
        else
            add_words(set, d->peeled + (size_t)column * d->words, d->words);
    }
}

static void make_rows(plan_dense *d)
{
    const plan_peeling *p = d->peeling;
    for (uint32_t i = 0; i < p->pivot_count; i++) {
        uint32_t column = p->pivots[i].column;
        substitute(d, p->pivots[i].row, column, d->peeled + (size_t)column * d->words);
    }
    uint32_t i = 0;
    memset(d->history, 0, (size_t)d->leftover_count * d->leftover_words * sizeof *d->history);
    for (uint32_t row = 0; row < p->row_count; row++) {
        if (p->row_is_pivot[row])
            continue;
        d->leftover_rows[i] = row;
        d->order[i] = i;
        substitute(d, row, UINT32_MAX, d->coefficients + (size_t)i * d->words);
        d->history[(size_t)i * d->leftover_words + i / 64] = (uint64_t)1 << (i % 64);
        i++;
    }
}

/* Gauss-Jordan: afterwards reduced row i < rank has a one at pivot[i] and no other pivot's column.
 */
static void reduce(plan_dense *d)
{
    for (uint32_t column = 0; column < d->peeling->inactive_count; column++) {
        uint32_t found = d->rank;
        while (found < d->leftover_count &&
               !plan_bit(d->coefficients + (size_t)d->order[found] * d->words, column))
            found++;
        if (found == d->leftover_count) {
            d->free[d->free_count++] = (uint16_t)column;
            continue;
        }
        uint32_t row = d->order[found];
        d->order[found] = d->order[d->rank];
        d->order[d->rank] = row;
        d->pivot[d->rank++] = (uint16_t)column;
        const uint64_t *source = d->coefficients + (size_t)row * d->words;
        const uint64_t *source_history = d->history + (size_t)row * d->leftover_words;
        for (uint32_t other = 0; other < d->leftover_count; other++) {
            uint64_t *target = d->coefficients + (size_t)other * d->words;
            if (other == row || !plan_bit(target, column))
                continue;
            add_words(target, source, d->words);
            add_words(d->history + (size_t)other * d->leftover_words, source_history,
                      d->leftover_words);
        }
    }
}

int plan_dense_solve(plan_dense *dense, const plan_matrix *matrix, const plan_peeling *peeling,
                     uint32_t *missing)
{
    *dense = (plan_dense){.allocator = matrix->allocator, .matrix = matrix, .peeling = peeling};
    dense->leftover_count = matrix->row_count - peeling->pivot_count;
    if (!allocate(dense))
        return RQ_ERROR_MEMORY;
    make_rows(dense);
    reduce(dense);
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
