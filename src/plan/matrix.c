#include "plan/matrix.h"

#include <string.h>

static bool allocate(plan_matrix *m)
{
    m->row_start = memory_allocate(m->allocator, m->row_count + 1, sizeof *m->row_start);
    m->row_lt = memory_allocate(m->allocator, m->row_count, sizeof *m->row_lt);
    m->row_columns = memory_allocate(m->allocator, m->row_capacity, sizeof *m->row_columns);
    m->column_start = memory_allocate(m->allocator, m->code->W + 1, sizeof *m->column_start);
    m->hdpc_pairs = memory_allocate(m->allocator, m->code->K_prime + m->code->S, 2);
    return m->row_start && m->row_lt && m->row_columns && m->column_start && m->hdpc_pairs;
}

/* Room for one more row after the first used entries. */
static bool reserve_row(plan_matrix *m, uint32_t used)
{
    if (m->row_capacity - used >= RFC6330_MAX_COLUMNS)
        return true;
    uint32_t capacity = m->row_capacity + m->row_capacity / 2 + RFC6330_MAX_COLUMNS;
    uint16_t *columns = memory_allocate(m->allocator, capacity, sizeof *columns);
    if (!columns)
        return false;
    memcpy(columns, m->row_columns, used * sizeof *columns);
    memory_release(m->allocator, m->row_columns, m->row_capacity, sizeof *columns);
    m->row_columns = columns;
    m->row_capacity = capacity;
    return true;
}

/* Row r has its LT columns in ascending order: those of 0..B-1 that enter it, then B + r. */
static void make_ldpc_rows(plan_matrix *m)
{
    const rfc6330_code *code = m->code;
    uint32_t rows[3];
    memset(m->row_lt, 0, code->S * sizeof *m->row_lt);
    for (uint32_t i = 0; i < code->B; i++) {
        rfc6330_ldpc_rows(code, i, rows);
        for (int k = 0; k < 3; k++)
            m->row_lt[rows[k]]++;
    }
    m->row_start[0] = 0;
    for (uint32_t r = 0; r < code->S; r++) {
        m->row_start[r + 1] = m->row_start[r] + m->row_lt[r] + 3;
        m->row_lt[r] = 0;
    }
    for (uint32_t i = 0; i < code->B; i++) {
        rfc6330_ldpc_rows(code, i, rows);
        for (int k = 0; k < 3; k++)
            m->row_columns[m->row_start[rows[k]] + m->row_lt[rows[k]]++] = (uint16_t)i;
    }
    for (uint32_t r = 0; r < code->S; r++) {
        uint16_t *end = m->row_columns + m->row_start[r] + m->row_lt[r]++;
        end[0] = (uint16_t)(code->B + r);
        end[1] = (uint16_t)(code->W + r % code->P);
        end[2] = (uint16_t)(code->W + (r + 1) % code->P);
    }
}

static void make_hdpc_pairs(plan_matrix *m)
{
    for (uint32_t j = 0; j < m->code->K_prime + m->code->S - 1; j++) {
        uint32_t rows[2];
        rfc6330_hdpc_rows(m->code, j, rows);
        m->hdpc_pairs[2 * j] = (uint8_t)rows[0];
        m->hdpc_pairs[2 * j + 1] = (uint8_t)rows[1];
    }
}

static bool make_lt_row(plan_matrix *m, uint32_t row, uint32_t isi)
{
    uint32_t lt, start = m->row_start[row];
    if (!reserve_row(m, start))
        return false;
    m->row_start[row + 1] = start + rfc6330_lt_row(m->code, isi, m->row_columns + start, &lt);
    m->row_lt[row] = (uint16_t)lt;
    return true;
}

static bool make_columns(plan_matrix *m)
{
    uint32_t W = m->code->W;
    uint32_t *start = m->column_start;
    memset(start, 0, (W + 1) * sizeof *start);
    for (uint32_t r = 0; r < m->row_count; r++) {
        const uint16_t *columns = m->row_columns + m->row_start[r];
        for (uint32_t k = 0; k < m->row_lt[r]; k++)
            start[columns[k]]++;
    }
    uint32_t sum = 0;
    for (uint32_t c = 0; c <= W; c++) {
        sum += start[c];
        start[c] = sum; /* the end for now; filling from the back leaves the start */
    }
    m->column_rows = memory_allocate(m->allocator, sum, sizeof *m->column_rows);
    if (!m->column_rows)
        return false;
    m->column_entries = sum;
    for (uint32_t r = m->row_count; r-- > 0;) {
        const uint16_t *columns = m->row_columns + m->row_start[r];
        for (uint32_t k = 0; k < m->row_lt[r]; k++)
            m->column_rows[--start[columns[k]]] = r;
    }
    return true;
}

bool plan_matrix_make(plan_matrix *matrix, const rfc6330_code *code, const uint32_t *isis,
                      uint32_t count, uint32_t first_padding, const rq_allocator *allocator)
{
    uint32_t padding = code->K_prime - first_padding;
    *matrix = (plan_matrix){.code = code, .allocator = allocator};
    matrix->row_count = code->S + count + padding;
    /* LDPC rows have 3 B + 3 S entries; LT rows have 7.2 on average, and more are made room for. */
    matrix->row_capacity = 3 * code->B + 3 * code->S + 8 * (count + padding) + RFC6330_MAX_COLUMNS;
    if (!allocate(matrix))
        return false;
    make_ldpc_rows(matrix);
    make_hdpc_pairs(matrix);
    for (uint32_t i = 0; i < count + padding; i++) {
        uint32_t isi = i < count ? isis[i] : first_padding + (i - count);
        if (!make_lt_row(matrix, code->S + i, isi))
            return false;
    }
    return make_columns(matrix);
}

void plan_matrix_free(plan_matrix *matrix)
{
    const rq_allocator *a = matrix->allocator;
    memory_release(a, matrix->row_start, matrix->row_count + 1, sizeof *matrix->row_start);
    memory_release(a, matrix->row_lt, matrix->row_count, sizeof *matrix->row_lt);
    memory_release(a, matrix->row_columns, matrix->row_capacity, sizeof *matrix->row_columns);
    memory_release(a, matrix->column_start, matrix->code->W + 1, sizeof *matrix->column_start);
    memory_release(a, matrix->column_rows, matrix->column_entries, sizeof *matrix->column_rows);
    memory_release(a, matrix->hdpc_pairs, matrix->code->K_prime + matrix->code->S, 2);
}
