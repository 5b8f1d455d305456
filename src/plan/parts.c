#include "plan/parts.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum { CHUNK = 4 }; /* words added at a time; sets may be 1 or 2 words, too */

uint32_t plan_parts_words(uint32_t inactive_count)
{
    uint32_t words = (inactive_count + 63) / 64;
    return words <= 2 ? words : (words + CHUNK - 1) / CHUNK * CHUNK;
}

plan_pivot_rows plan_pivots_of(const rq_plan *plan)
{
    const plan_step *pivots = &plan->steps[PLAN_PIVOTS_STEP];
    return (plan_pivot_rows){plan->gathers + pivots->first_gather,
                             plan->operands + pivots->first_operand, pivots->count};
}

const uint16_t *plan_inactive_of(const rq_plan *plan, uint32_t *count)
{
    const plan_step *inactive = &plan->steps[PLAN_INACTIVE_STEP];
    *count = inactive->count;
    return plan->operands + inactive->first_operand;
}

/* The sum of a row's sets of one or two words: n is a constant, so that they stay in registers. */
INLINE void sum_short(const plan_parts *parts, const uint16_t *columns, uint32_t peeled,
                      uint32_t all, uint32_t n, uint64_t *set)
{
    uint64_t sum[2] = {0};
    for (uint32_t i = peeled; i < all; i++) {
        uint32_t index = (uint32_t)parts->inactive_index[columns[i]];
        uint64_t bit = (uint64_t)1 << (index % 64), second = -(uint64_t)(index / 64);
        sum[0] ^= bit & ~second;
        sum[1] ^= bit & second;
    }
    for (uint32_t i = 0; i < peeled; i++) {
        for (uint32_t w = 0; w < n; w++)
            sum[w] ^= parts->sets[(size_t)columns[i] * n + w];
    }
    for (uint32_t w = 0; w < n; w++)
        set[w] = sum[w];
}

/* Of CHUNKs. */
INLINE void sum_long(const plan_parts *parts, const uint16_t *columns, uint32_t peeled,
                     uint32_t all, uint64_t *set)
{
    memset(set, 0, parts->words * sizeof *set);
    for (uint32_t i = peeled; i < all; i++) {
        uint32_t index = (uint32_t)parts->inactive_index[columns[i]];
        set[index / 64] ^= (uint64_t)1 << (index % 64);
    }
    for (uint32_t first = 0; first < parts->words; first += CHUNK) {
        uint64_t sum[CHUNK];
        for (uint32_t w = 0; w < CHUNK; w++)
            sum[w] = set[first + w];
        for (uint32_t i = 0; i < peeled; i++) {
            const uint64_t *other = parts->sets + (size_t)columns[i] * parts->words + first;
            for (uint32_t w = 0; w < CHUNK; w++)
                sum[w] ^= other[w];
        }
        for (uint32_t w = 0; w < CHUNK; w++)
            set[first + w] = sum[w];
    }
}

/* words is that of the parts, and a constant where it is 1 or 2. */
INLINE void sum_row(const plan_parts *parts, const uint16_t *columns, uint32_t peeled, uint32_t all,
                    uint32_t words, uint64_t *set)
{
    if (words <= 2)
        sum_short(parts, columns, peeled, all, words, set);
    else
        sum_long(parts, columns, peeled, all, set);
}

void plan_parts_of(const plan_parts *parts, const uint16_t *columns, uint32_t peeled, uint32_t all,
                   uint64_t *set)
{
    sum_row(parts, columns, peeled, all, parts->words, set);
}

INLINE void fill(const plan_parts *parts, const plan_pivot_rows *pivots, uint32_t words)
{
    const uint16_t *columns = pivots->operands;
    for (uint32_t i = 0; i < pivots->count; i++) {
        const gf256_gather *row = &pivots->gathers[i];
        sum_row(parts, columns, row->near, row->all, words,
                parts->sets + (size_t)row->destination * words);
        columns += row->all;
    }
}

void plan_parts_fill(const plan_parts *parts, const plan_pivot_rows *pivots)
{
    if (parts->words == 1)
        fill(parts, pivots, 1);
    else if (parts->words == 2)
        fill(parts, pivots, 2);
    else
        fill(parts, pivots, parts->words);
}
