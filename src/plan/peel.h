/* Which row is the pivot of which LT column, in which order; private to this room. */
#ifndef PLAN_PEEL_H
#define PLAN_PEEL_H

#include "gf256/gf256.h"
#include "plan/matrix.h"

typedef struct plan_pivot {
    uint32_t row;
    uint32_t column;
} plan_pivot;

/* After peeling each LT column is either some pivot's, or inactive. A pivot's row has, besides its
 * own column, only columns of earlier pivots and inactive ones. */
typedef struct plan_peeling {
    const rq_allocator *allocator;
    uint32_t row_count, W, L;
    plan_pivot *pivots; /* in order; W entries of room */
    uint32_t pivot_count;
    uint16_t *inactive; /* columns, PI columns first; L entries of room */
    uint32_t inactive_count;
    int32_t *inactive_index; /* of each column, its place in inactive or -1; L entries */
    uint8_t *row_is_done;    /* a pivot, or absent; row_count entries */
} plan_peeling;

/* False if there is no memory; plan_peeling_free is right in both cases. */
bool plan_peel(plan_peeling *peeling, const plan_matrix *matrix);
void plan_peeling_free(plan_peeling *peeling);

/* Writes the columns of a row but `own`: first the peeled ones, whose number is returned, then the
 * inactive ones; *all gets how many there are. There is room for one more than that. */
uint32_t plan_row_apart(const plan_peeling *peeling, const plan_matrix *matrix, uint32_t row,
                        uint32_t own, uint16_t *columns, uint32_t *all);

#endif
