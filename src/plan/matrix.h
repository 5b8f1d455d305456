/* The binary rows of the constraint matrix, by rows and by columns; private to this room. */
#ifndef PLAN_MATRIX_H
#define PLAN_MATRIX_H

#include "memory/memory.h"
#include "rfc6330/rfc6330.h"

/* Rows 0..S-1 are LDPC rows, then one LT row an ISI. A row's columns: LT columns first, then PI. */
typedef struct plan_matrix {
    const rfc6330_code *code;
    const rq_allocator *allocator;
    uint32_t row_count;
    uint32_t row_capacity;   /* of row_columns */
    uint32_t column_entries; /* of column_rows */
    uint32_t *row_start;     /* row_count + 1 */
    uint16_t *row_lt;        /* LT columns of each row */
    uint16_t *row_columns;
    uint32_t *column_start; /* W + 1: the rows of each LT column */
    uint32_t *column_rows;
    uint8_t *hdpc_pairs; /* the two HDPC rows that each column below K'+S-1 enters */
} plan_matrix;

/* False if there is no memory; plan_matrix_free is right in both cases. isis holds count ids, then
 * come the padding ids first_padding..K'-1. */
bool plan_matrix_make(plan_matrix *matrix, const rfc6330_code *code, const uint32_t *isis,
                      uint32_t count, uint32_t first_padding, const rq_allocator *allocator);
void plan_matrix_free(plan_matrix *matrix);

#endif
