/* The binary rows of the constraint matrix, by rows and by columns; private to this room. */
#ifndef PLAN_MATRIX_H
#define PLAN_MATRIX_H

#include "memory/arena.h"
#include "rfc6330/rfc6330.h"

/* Rows 0..S-1 are LDPC rows, then come LT rows. A row's columns: LT columns first, then PI. */
typedef struct plan_matrix {
    const rfc6330_code *code;
    memory_arena *arena; /* columns' lists are of the passing kind */
    uint32_t row_count;
    uint32_t row_capacity;   /* of row_columns */
    uint32_t column_entries; /* of column_rows */
    uint32_t absent_count;   /* rows that only seem to be there: their symbols were lost */
    uint32_t *row_start;     /* row_count + 1 */
    uint32_t *row_state;     /* see below */
    uint32_t *row_input;     /* the input of each row, or GF256_NO_INPUT */
    uint16_t *row_columns;
    uint32_t *column_start; /* W + 1: the rows of each LT column */
    uint32_t *column_rows;
    uint8_t *hdpc_slots; /* the two HDPC rows that each column below K'+S-1 enters, see below */
} plan_matrix;

/* One word a row: how many of its LT columns are active, and their XOR. With one left, the XOR is
 * that column. Here all are active. An absent row has far too many for anything to happen to it. */
#define PLAN_ROW_COLUMN         (1u << 16)
#define PLAN_ROW_ABSENT         (PLAN_ROW_COLUMN << 14)
#define PLAN_ROW_DEGREE(state)  ((state) >> 16 & 0x7fff)
#define PLAN_ROW_COLUMNS(state) ((state)&0xffff)

/* A row for each id isis[0..count), whose inputs are 0..count-1, and for each padding id
 * first_padding..K'-1. False if there is no memory; plan_matrix_free is right in both cases. */
bool plan_matrix_make(plan_matrix *matrix, const rfc6330_code *code, const uint32_t *isis,
                      uint32_t count, uint32_t first_padding, memory_arena *arena);

/* The same, in other order: rows of source symbols and padding are copied from `common`, which has
 * them all; those of source symbols that are not among the isis become absent. */
bool plan_matrix_extend(plan_matrix *matrix, const plan_matrix *common, const rfc6330_code *code,
                        const uint32_t *isis, uint32_t count, uint32_t first_padding,
                        memory_arena *arena);

/* The columns' lists go, once peeling is done with them. */
void plan_matrix_free_columns(plan_matrix *matrix);

void plan_matrix_free(plan_matrix *matrix);
uint64_t plan_matrix_size(const plan_matrix *matrix); /* bytes it points to */

#endif
