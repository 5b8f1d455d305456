/* A row that is not yet chosen has nothing in the columns before: they were cleared where they have
 * a pivot, and empty where not.
 *
 * Small systems stay in a cache: each pivot's row is added to all others at once. Large ones, which
 * come of symbols that were chosen to be hard, do not: there the pivots' rows are collected, and
 * one pass over the system adds for each row that sum of them out of a table which clears its bits
 * in their columns (the method of the four Russians). The result is the same, bit for bit. */
#include "plan/reduce.h"

#include <string.h>

enum {
    LARGE = 1024 * 1024 / 8, /* words: a system beyond the second-level cache */
    GROUP = 8,               /* pivots of a pass */
    SUMS = 1 << GROUP,
    MUCH = 256 * 1024, /* words worked on between looks at the watch: less than a millisecond */
    FAR = 16,          /* words that could be worked on while one is fetched from memory */
};

typedef struct patience {
    const plan_watch *watch; /* or NULL */
    uint64_t worked;         /* words since the last look */
} patience;

/* After so many words more: true if the watch ends it. */
static bool is_over(patience *p, uint64_t words)
{
    p->worked += words;
    if (p->worked < MUCH)
        return false;
    p->worked = 0;
    return p->watch && p->watch->cancelled(p->watch->context);
}

static uint64_t *row_at(const plan_dense *d, uint32_t place)
{
    return d->rows + (size_t)place * d->row_words;
}

/* Makes the row `found` in order the next reduced one. */
static uint32_t choose(plan_dense *d, uint32_t found, uint32_t column)
{
    uint32_t place = d->order[found];
    d->order[found] = d->order[d->rank];
    d->order[d->rank] = place;
    d->pivot[d->rank++] = (uint16_t)column;
    return place;
}

/* ---- small systems ---- */

/* Adds row `source` to all others that have `column`, by masks: whether one has is as good as
 * random. The words before the column's are zero in the source. */
static void eliminate(plan_dense *d, uint32_t source_row, uint32_t column)
{
    uint32_t first = column / 64, count = d->row_words - first;
    const uint64_t *source = row_at(d, source_row) + first;
    uint64_t *target = d->rows + first;
    for (uint32_t other = 0; other < d->leftover_count; other++, target += d->row_words) {
        uint64_t mask = -(uint64_t)((target[0] >> (column % 64) & 1) & (other != source_row));
        for (uint32_t w = 0; w < count; w++)
            target[w] ^= source[w] & mask;
    }
}

static bool reduce_small(plan_dense *d, patience *p)
{
    uint64_t words = (uint64_t)d->leftover_count * d->row_words;
    for (uint32_t column = 0; column < d->peeling->inactive_count; column++) {
        if (is_over(p, words))
            return false;
        uint32_t found = d->rank;
        while (found < d->leftover_count && !plan_bit(plan_dense_row(d, found), column))
            found++;
        if (found == d->leftover_count)
            d->free[d->free_count++] = (uint16_t)column;
        else
            eliminate(d, choose(d, found, column), column);
    }
    return true;
}

/* ---- large systems ---- */

/* The pivots that other rows do not know of yet. None has a one in another's column. */
typedef struct group {
    uint32_t count;
    uint32_t places[GROUP], columns[GROUP];
    uint64_t *sums; /* row_words each */
} group;

static void add(uint64_t *row, const uint64_t *other, uint32_t first, uint32_t words)
{
    for (uint32_t w = first; w < words; w++)
        row[w] ^= other[w];
}

/* Which of the group's rows are to be added to this one. */
static uint32_t bits_of(const group *g, const uint64_t *row)
{
    uint32_t bits = 0;
    for (uint32_t k = 0; k < g->count; k++)
        bits |= (uint32_t)plan_bit(row, g->columns[k]) << k;
    return bits;
}

/* The first row from the rank on that has the column once the group is added to it. */
static uint32_t find(const plan_dense *d, const group *g, uint32_t column)
{
    uint32_t have = 0; /* of the group's rows */
    for (uint32_t k = 0; k < g->count; k++)
        have |= (uint32_t)plan_bit(row_at(d, g->places[k]), column) << k;
    for (uint32_t found = d->rank; found < d->leftover_count; found++) {
        const uint64_t *row = plan_dense_row(d, found);
        uint32_t odd = bits_of(g, row) & have;
        odd ^= odd >> 4;
        odd ^= odd >> 2;
        odd ^= odd >> 1;
        if ((odd & 1) != plan_bit(row, column))
            return found;
    }
    return d->leftover_count;
}

static void enter(const plan_dense *d, group *g, uint32_t place, uint32_t column)
{
    uint64_t *row = row_at(d, place);
    for (uint32_t k = 0; k < g->count; k++)
        if (plan_bit(row, g->columns[k]))
            add(row, row_at(d, g->places[k]), g->columns[0] / 64, d->row_words);
    for (uint32_t k = 0; k < g->count; k++)
        if (plan_bit(row_at(d, g->places[k]), column))
            add(row_at(d, g->places[k]), row, column / 64, d->row_words);
    g->places[g->count] = place;
    g->columns[g->count++] = column;
}

static bool is_member(const group *g, uint32_t place)
{
    for (uint32_t k = 0; k < g->count; k++)
        if (g->places[k] == place)
            return true;
    return false;
}

/* Adds the group's rows to all others. The words before its first column are zero in them. */
static void add_group(const plan_dense *d, group *g)
{
    uint32_t first = g->columns[0] / 64, words = d->row_words;
    memset(g->sums, 0, words * sizeof *g->sums);
    for (uint32_t k = 0; k < g->count; k++) {
        uint64_t *half = g->sums + ((size_t)words << k);
        memcpy(half, g->sums, ((size_t)words << k) * sizeof *half);
        for (uint32_t i = 0; i < (uint32_t)1 << k; i++)
            add(half + (size_t)i * words, row_at(d, g->places[k]), first, words);
    }
    for (uint32_t place = 0; place < d->leftover_count; place++) {
        uint64_t *row = row_at(d, place);
        if (!is_member(g, place))
            add(row, g->sums + (size_t)bits_of(g, row) * words, first, words);
    }
    g->count = 0;
}

static bool reduce_large(plan_dense *d, uint64_t *sums, patience *p)
{
    group g = {.sums = sums};
    uint64_t words = (uint64_t)d->leftover_count * d->row_words;
    for (uint32_t column = 0; column < d->peeling->inactive_count; column++) {
        /* A column of each row, and one of GROUP times all words. */
        if (is_over(p, FAR * (uint64_t)d->leftover_count + words / GROUP))
            return false;
        uint32_t found = find(d, &g, column);
        if (found == d->leftover_count) {
            d->free[d->free_count++] = (uint16_t)column;
            continue;
        }
        enter(d, &g, choose(d, found, column), column);
        if (g.count == GROUP)
            add_group(d, &g);
    }
    if (g.count > 0)
        add_group(d, &g);
    return true;
}

bool plan_reduce(plan_dense *d, const plan_watch *watch)
{
    size_t size = d->row_words * sizeof *d->rows;
    uint64_t *sums = NULL;
    if ((uint64_t)d->row_words * d->leftover_count > LARGE)
        sums = memory_allocate(d->allocator, SUMS, size);
    patience p = {.watch = watch};
    bool reduced = sums ? reduce_large(d, sums, &p) : reduce_small(d, &p);
    memory_release(d->allocator, sums, SUMS, size);
    return reduced;
}
