/* Symbols as (known part) + (sum of inactive symbols): that is what peeling makes of a peeled
 * column, and with it of any row. Which inactive symbols those are is a set of them, a bit each. */
#ifndef PLAN_PARTS_H
#define PLAN_PARTS_H

#include "plan/plan.h"

/* The peeled columns' rows, in the order of peeling: of each the peeled columns it is the sum of
 * (near), then the inactive ones; its destination is the column. */
typedef struct plan_pivot_rows {
    const gf256_gather *gathers;
    const uint16_t *operands;
    uint32_t count;
} plan_pivot_rows;

/* As a plan's program, of which there need not be more yet, has them; valid as long as that. */
plan_pivot_rows plan_pivots_of(const rq_plan *plan);
const uint16_t *plan_inactive_of(const rq_plan *plan, uint32_t *count);

/* Words for a set of so many. */
uint32_t plan_parts_words(uint32_t inactive_count);

/* Sets the sets of all peeled columns. */
void plan_parts_fill(const plan_parts *parts, const plan_pivot_rows *pivots);

/* set = the inactive symbols in the sum of columns: `peeled` peeled ones come first, then inactive
 * ones, `all` together. */
void plan_parts_of(const plan_parts *parts, const uint16_t *columns, uint32_t peeled, uint32_t all,
                   uint64_t *set);

#endif
