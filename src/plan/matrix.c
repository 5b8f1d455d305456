#include "plan/matrix.h"

#include <string.h>

#include "gf256/gf256.h"

enum { COPIED = 8 }; /* entries of column_rows copied at a time, some of them too many */

static bool allocate(plan_matrix *m)
{
    m->row_start = memory_allocate(&m->arena->lasting, m->row_count + 1, sizeof *m->row_start);
    m->row_state = memory_allocate(&m->arena->lasting, m->row_count, sizeof *m->row_state);
    m->row_input = memory_allocate(&m->arena->lasting, m->row_count, sizeof *m->row_input);
    m->row_columns = memory_allocate(&m->arena->lasting, m->row_capacity, sizeof *m->row_columns);
    m->column_start = memory_allocate(&m->arena->passing, m->code->W + 1, sizeof *m->column_start);
    m->hdpc_slots = memory_allocate(&m->arena->lasting, m->code->K_prime + m->code->S, 1);
    return m->row_start && m->row_state && m->row_input && m->row_columns && m->column_start &&
           m->hdpc_slots;
}

/* ---- rows ---- */

/* Row r has its LT columns in ascending order: those of 0..B-1 that enter it, then B + r. */
static void make_ldpc_rows(plan_matrix *m)
{
    const rfc6330_code *code = m->code;
    uint32_t rows[3], *next = m->row_input; /* to fill, in each row */
    for (uint32_t r = 0; r < code->S; r++)
        m->row_state[r] = PLAN_ROW_COLUMN ^ (code->B + r);
    for (uint32_t i = 0; i < code->B; i++) {
        rfc6330_ldpc_rows(code, i, rows);
        for (int k = 0; k < 3; k++)
            m->row_state[rows[k]] = (m->row_state[rows[k]] + PLAN_ROW_COLUMN) ^ i;
    }
    m->row_start[0] = 0;
    for (uint32_t r = 0; r < code->S; r++) {
        next[r] = m->row_start[r];
        m->row_start[r + 1] = next[r] + PLAN_ROW_DEGREE(m->row_state[r]) + 2;
    }
    for (uint32_t i = 0; i < code->B; i++) {
        rfc6330_ldpc_rows(code, i, rows);
        for (int k = 0; k < 3; k++)
            m->row_columns[next[rows[k]]++] = (uint16_t)i;
    }
    for (uint32_t r = 0; r < code->S; r++) {
        uint16_t *end = m->row_columns + next[r];
        end[0] = (uint16_t)(code->B + r);
        end[1] = (uint16_t)(code->W + r % code->P);
        end[2] = (uint16_t)(code->W + (r + 1) % code->P);
        m->row_input[r] = GF256_NO_INPUT;
    }
}

/* Room for one more row after the first used entries. */
static bool reserve_row(plan_matrix *m, uint32_t used)
{
    if (m->row_capacity - used >= RFC6330_MAX_COLUMNS)
        return true;
    uint32_t capacity = m->row_capacity + m->row_capacity / 2 + RFC6330_MAX_COLUMNS;
    uint16_t *columns = memory_allocate(&m->arena->lasting, capacity, sizeof *columns);
    if (!columns)
        return false;
    memcpy(columns, m->row_columns, used * sizeof *columns);
    memory_release(&m->arena->lasting, m->row_columns, m->row_capacity, sizeof *columns);
    m->row_columns = columns;
    m->row_capacity = capacity;
    return true;
}

static bool make_lt_row(plan_matrix *m, uint32_t row, uint32_t isi, uint32_t input)
{
    uint32_t lt, start = m->row_start[row], state = 0;
    if (!reserve_row(m, start))
        return false;
    uint16_t *columns = m->row_columns + start;
    m->row_start[row + 1] = start + rfc6330_lt_row(m->code, isi, columns, &lt);
    for (uint32_t k = 0; k < lt; k++)
        state = (state + PLAN_ROW_COLUMN) ^ columns[k];
    m->row_state[row] = state;
    m->row_input[row] = input;
    return true;
}

static void make_hdpc_slots(plan_matrix *m)
{
    for (uint32_t j = 0; j < m->code->K_prime + m->code->S - 1; j++) {
        uint32_t rows[2];
        rfc6330_hdpc_rows(m->code, j, rows);
        uint32_t a = rows[0] < rows[1] ? rows[0] : rows[1];
        m->hdpc_slots[j] = (uint8_t)rfc6330_hdpc_pair(a, rows[0] + rows[1] - a);
    }
}

/* ---- columns ---- */

static uint32_t column_entries(const plan_matrix *m, uint32_t column)
{
    return m ? m->column_start[column + 1] - m->column_start[column] : 0;
}

/* The lists of common come first in each column; the chunks' ends are written over by what follows.
 */
static void copy_columns(plan_matrix *m, const plan_matrix *common)
{
    for (uint32_t c = 0; c < m->code->W; c++) {
        const uint32_t *from = common->column_rows + common->column_start[c];
        uint32_t *to = m->column_rows + m->column_start[c];
        for (uint32_t k = 0, count = column_entries(common, c); k < count; k += COPIED)
            memcpy(to + k, from + k, COPIED * sizeof *to);
    }
}

/* Enters the rows from first_row on into the columns' lists, after those of common, if any. */
static bool make_columns(plan_matrix *m, const plan_matrix *common, uint32_t first_row)
{
    uint32_t W = m->code->W, sum = 0;
    uint32_t *left =
        memory_allocate(&m->arena->lasting, W, sizeof *left); /* entries to come, each */
    if (!left)
        return false;
    memset(left, 0, W * sizeof *left);
    for (uint32_t r = first_row; r < m->row_count; r++) {
        const uint16_t *columns = m->row_columns + m->row_start[r];
        for (uint32_t k = 0; k < PLAN_ROW_DEGREE(m->row_state[r]); k++)
            left[columns[k]]++;
    }
    for (uint32_t c = 0; c < W; c++) {
        m->column_start[c] = sum;
        sum += column_entries(common, c) + left[c];
    }
    m->column_start[W] = sum;
    m->column_entries = sum + COPIED;
    m->column_rows = memory_allocate(&m->arena->passing, m->column_entries, sizeof *m->column_rows);
    if (m->column_rows) {
        if (common)
            copy_columns(m, common);
        for (uint32_t r = first_row; r < m->row_count; r++) {
            const uint16_t *columns = m->row_columns + m->row_start[r];
            for (uint32_t k = 0; k < PLAN_ROW_DEGREE(m->row_state[r]); k++)
                m->column_rows[m->column_start[columns[k] + 1] - left[columns[k]]--] = r;
        }
        memset(m->column_rows + sum, 0, COPIED * sizeof *m->column_rows);
    }
    memory_release(&m->arena->lasting, left, W, sizeof *left);
    return m->column_rows != NULL;
}

/* ---- matrices ---- */

bool plan_matrix_make(plan_matrix *matrix, const rfc6330_code *code, const uint32_t *isis,
                      uint32_t count, uint32_t first_padding, memory_arena *arena)
{
    uint32_t lt_rows = count + (code->K_prime - first_padding);
    *matrix = (plan_matrix){.code = code, .arena = arena};
    matrix->row_count = code->S + lt_rows;
    /* LDPC rows have 3 B + 3 S entries; LT rows have 7.2 on average, and more are made room for. */
    matrix->row_capacity = 3 * code->B + 3 * code->S + 8 * lt_rows + RFC6330_MAX_COLUMNS;
    if (!allocate(matrix))
        return false;
    make_hdpc_slots(matrix);
    make_ldpc_rows(matrix);
    for (uint32_t i = 0; i < lt_rows; i++) {
        bool padding = i >= count;
        if (!make_lt_row(matrix, code->S + i, padding ? first_padding + (i - count) : isis[i],
                         padding ? GF256_NO_INPUT : i))
            return false;
    }
    return make_columns(matrix, NULL, 0);
}

static void copy_rows(plan_matrix *m, const plan_matrix *common)
{
    uint32_t rows = common->row_count;
    memcpy(m->row_start, common->row_start, (rows + 1) * sizeof *m->row_start);
    memcpy(m->row_state, common->row_state, rows * sizeof *m->row_state);
    memcpy(m->row_input, common->row_input, rows * sizeof *m->row_input);
    memcpy(m->row_columns, common->row_columns, common->row_start[rows] * sizeof *m->row_columns);
    memcpy(m->hdpc_slots, common->hdpc_slots, m->code->K_prime + m->code->S);
}

bool plan_matrix_extend(plan_matrix *matrix, const plan_matrix *common, const rfc6330_code *code,
                        const uint32_t *isis, uint32_t count, uint32_t first_padding,
                        memory_arena *arena)
{
    uint32_t K = first_padding, S = code->S, row = common->row_count, own = 0;
    for (uint32_t i = 0; i < count; i++)
        own += isis[i] >= K;
    *matrix = (plan_matrix){.code = code, .arena = arena};
    matrix->row_count = row + own;
    matrix->row_capacity = common->row_start[row] + 8 * own + RFC6330_MAX_COLUMNS;
    matrix->absent_count = K - (count - own);
    if (!allocate(matrix))
        return false;
    copy_rows(matrix, common);
    for (uint32_t i = 0; i < K; i++)
        matrix->row_state[S + i] = PLAN_ROW_ABSENT;
    for (uint32_t i = 0; i < count; i++) {
        if (isis[i] < K) {
            matrix->row_state[S + isis[i]] = common->row_state[S + isis[i]];
            matrix->row_input[S + isis[i]] = i;
        } else if (!make_lt_row(matrix, row++, isis[i], i)) {
            return false;
        }
    }
    return make_columns(matrix, common, common->row_count);
}

void plan_matrix_free_columns(plan_matrix *matrix)
{
    const rq_allocator *a = &matrix->arena->passing;
    memory_release(a, matrix->column_rows, matrix->column_entries, sizeof *matrix->column_rows);
    memory_release(a, matrix->column_start, matrix->code->W + 1, sizeof *matrix->column_start);
    matrix->column_start = matrix->column_rows = NULL;
}

void plan_matrix_free(plan_matrix *matrix)
{
    const rq_allocator *a = &matrix->arena->lasting;
    uint32_t rows = matrix->row_count;
    plan_matrix_free_columns(matrix);
    memory_release(a, matrix->row_start, rows + 1, sizeof *matrix->row_start);
    memory_release(a, matrix->row_state, rows, sizeof *matrix->row_state);
    memory_release(a, matrix->row_input, rows, sizeof *matrix->row_input);
    memory_release(a, matrix->row_columns, matrix->row_capacity, sizeof *matrix->row_columns);
    memory_release(a, matrix->hdpc_slots, matrix->code->K_prime + matrix->code->S, 1);
}

uint64_t plan_matrix_size(const plan_matrix *m)
{
    return 4 * (3ull * m->row_count + 1 + m->code->W + 1 + m->column_entries) +
           2 * (uint64_t)m->row_capacity + m->code->K_prime + m->code->S;
}
