#include "plan/peel.h"

#include <string.h>

/* Touching a row is a subtraction and an XOR of its state, and stores; a misprediction would cost
 * more than all of them, so rows are queued without a branch. */
#define ONE_COLUMN     PLAN_ROW_COLUMN
#define COLUMNS(state) PLAN_ROW_COLUMNS(state)
#define DEGREE(state)  PLAN_ROW_DEGREE(state)
#define COUNTED        (1u << 31) /* the row has two active columns, and their `pairs` know it */

enum { LOOK = 256 }; /* columns looked at together, without a branch */

typedef struct peeler {
    const plan_matrix *matrix;
    plan_peeling *out;
    uint32_t *state; /* of each row */
    uint8_t *active; /* of each LT column */
    /* Rows when they came to have one active column: LT rows from the front, LDPC rows apart, since
     * an LT row is the better pivot (it is shorter). A row comes here once. */
    uint32_t *ones, *ldpc_ones;
    uint32_t ones_head, ones_tail, ldpc_head, ldpc_tail;
    uint32_t *twos; /* rows when they came to have two; those before twos_head are counted */
    uint32_t twos_head, twos_tail;
    uint16_t *pairs; /* of each LT column: how many COUNTED rows it is in */
    uint32_t active_count;
} peeler;

static bool allocate(peeler *p)
{
    const plan_matrix *m = p->matrix;
    const rq_allocator *a = &m->arena->lasting, *passing = &m->arena->passing;
    plan_peeling *out = p->out;
    uint32_t W = m->code->W, L = m->code->L, rows = m->row_count;
    *out = (plan_peeling){.allocator = a, .row_count = rows, .W = W, .L = L};
    out->pivots = memory_allocate(a, W, sizeof *out->pivots);
    out->inactive = memory_allocate(a, L, sizeof *out->inactive);
    out->inactive_index = memory_allocate(a, L, sizeof *out->inactive_index);
    out->row_is_done = memory_allocate(a, rows, 1);
    p->state = memory_allocate(passing, rows, sizeof *p->state);
    p->active = memory_allocate(passing, W, 1);
    p->ones = memory_allocate(passing, rows + 1, sizeof *p->ones);
    p->ldpc_ones = memory_allocate(passing, m->code->S + 1, sizeof *p->ldpc_ones);
    p->twos = memory_allocate(passing, rows + 1, sizeof *p->twos);
    p->pairs = memory_allocate(passing, W, sizeof *p->pairs);
    return out->pivots && out->inactive && out->inactive_index && out->row_is_done && p->state &&
           p->active && p->ones && p->ldpc_ones && p->twos && p->pairs;
}

/* Last given out first. */
static void release(peeler *p)
{
    const plan_matrix *m = p->matrix;
    const rq_allocator *a = &m->arena->passing;
    uint32_t W = m->code->W, rows = m->row_count;
    memory_release(a, p->pairs, W, sizeof *p->pairs);
    memory_release(a, p->twos, rows + 1, sizeof *p->twos);
    memory_release(a, p->ldpc_ones, m->code->S + 1, sizeof *p->ldpc_ones);
    memory_release(a, p->ones, rows + 1, sizeof *p->ones);
    memory_release(a, p->active, W, 1);
    memory_release(a, p->state, rows, sizeof *p->state);
}

static inline void queue_row(peeler *p, uint32_t row, uint32_t degree)
{
    bool ldpc = row < p->matrix->code->S;
    p->ldpc_ones[p->ldpc_tail] = row;
    p->ldpc_tail += degree == 1 && ldpc;
    p->ones[p->ones_tail] = row;
    p->ones_tail += degree == 1 && !ldpc;
    p->twos[p->twos_tail] = row;
    p->twos_tail += degree == 2;
}

static void begin(peeler *p)
{
    const plan_matrix *m = p->matrix;
    memset(p->out->inactive_index, -1, m->code->L * sizeof *p->out->inactive_index);
    memset(p->active, 1, m->code->W);
    memset(p->pairs, 0, m->code->W * sizeof *p->pairs);
    p->active_count = m->code->W;
    memcpy(p->state, m->row_state, m->row_count * sizeof *p->state);
    for (uint32_t r = 0; r < m->row_count; r++) {
        p->out->row_is_done[r] = p->state[r] == PLAN_ROW_ABSENT;
        queue_row(p, r, DEGREE(p->state[r]));
    }
}

/* The column is no longer active: its rows have one less. */
static inline void deactivate(peeler *p, uint32_t column)
{
    const plan_matrix *m = p->matrix;
    p->active[column] = 0;
    p->active_count--;
    for (uint32_t k = m->column_start[column]; k < m->column_start[column + 1]; k++) {
        uint32_t row = m->column_rows[k];
        uint32_t state = (p->state[row] - ONE_COLUMN) ^ column;
        if (state & COUNTED) {
            state ^= COUNTED;
            p->pairs[COLUMNS(state)]--;
        }
        p->state[row] = state;
        queue_row(p, row, DEGREE(state));
    }
    p->pairs[column] = 0;
}

static void make_inactive(peeler *p, uint32_t column)
{
    p->out->inactive_index[column] = (int32_t)p->out->inactive_count;
    p->out->inactive[p->out->inactive_count++] = (uint16_t)column;
}

/* Peels while there is a row with one active column. */
static void peel(peeler *p)
{
    for (;;) {
        uint32_t row;
        if (p->ones_head < p->ones_tail)
            row = p->ones[p->ones_head++];
        else if (p->ldpc_head < p->ldpc_tail)
            row = p->ldpc_ones[p->ldpc_head++];
        else
            return;
        if (DEGREE(p->state[row]) != 1)
            continue; /* its column became another row's */
        uint32_t column = COLUMNS(p->state[row]);
        p->out->row_is_done[row] = 1;
        p->out->pivots[p->out->pivot_count++] = (plan_pivot){row, column};
        deactivate(p, column);
    }
}

/* Enters the rows that have come to have two active columns, and still do, into `pairs`. */
static void count_pairs(peeler *p)
{
    for (; p->twos_head < p->twos_tail; p->twos_head++) {
        uint32_t row = p->twos[p->twos_head];
        if (DEGREE(p->state[row]) != 2)
            continue;
        const uint16_t *columns = p->matrix->row_columns + p->matrix->row_start[row];
        while (!p->active[*columns])
            columns++;
        p->pairs[*columns]++;
        p->pairs[COLUMNS(p->state[row]) ^ *columns]++;
        p->state[row] |= COUNTED;
    }
}

/* The column that is in most rows of two active columns: inactive, it makes as many pivots at once.
 * Rows of two are edges between columns, most of which form one large component, and this column is
 * as good as always within it; looking for the component costs more than it brings. 0 if there is
 * no such row. */
static uint32_t choose_in_pairs(const peeler *p, uint32_t *column)
{
    uint32_t W = p->matrix->code->W, most = 0, where = 0;
    for (uint32_t first = 0; first < W; first += LOOK) {
        uint32_t end = W - first < LOOK ? W : first + LOOK;
        uint16_t most_here = 0;
        for (uint32_t c = first; c < end; c++)
            most_here = p->pairs[c] > most_here ? p->pairs[c] : most_here;
        where = most_here > most ? first : where;
        most = most_here > most ? most_here : most;
    }
    for (*column = where; most > 0 && p->pairs[*column] != most;)
        (*column)++;
    return most;
}

static uint32_t column_degree(const peeler *p, uint32_t column)
{
    return p->matrix->column_start[column + 1] - p->matrix->column_start[column];
}

/* The column of highest degree in a row of the fewest active columns; any active column where no
 * row has one. There is an active column. */
static uint32_t choose_in_row(const peeler *p)
{
    uint32_t best_row = UINT32_MAX, fewest = RFC6330_MAX_ROW;
    for (uint32_t r = 0; r < p->matrix->row_count && fewest > 3; r++) {
        uint32_t degree = DEGREE(p->state[r]);
        if (degree > 0 && degree < fewest) {
            fewest = degree;
            best_row = r;
        }
    }
    uint32_t best = 0, best_degree = 0;
    if (best_row == UINT32_MAX) {
        while (!p->active[best])
            best++;
        return best;
    }
    const uint16_t *columns = p->matrix->row_columns + p->matrix->row_start[best_row];
    for (uint32_t k = 0; k < DEGREE(p->matrix->row_state[best_row]); k++) {
        if (p->active[columns[k]] && column_degree(p, columns[k]) >= best_degree) {
            best = columns[k];
            best_degree = column_degree(p, best);
        }
    }
    return best;
}

static uint32_t choose_inactive(peeler *p)
{
    uint32_t column;
    count_pairs(p);
    return choose_in_pairs(p, &column) > 0 ? column : choose_in_row(p);
}

bool plan_peel(plan_peeling *peeling, const plan_matrix *matrix)
{
    peeler p = {.matrix = matrix, .out = peeling};
    bool done = allocate(&p);
    if (done) {
        begin(&p);
        for (uint32_t c = matrix->code->W; c < matrix->code->L; c++)
            make_inactive(&p, c);
        for (peel(&p); p.active_count > 0; peel(&p)) {
            uint32_t column = choose_inactive(&p);
            make_inactive(&p, column);
            deactivate(&p, column);
        }
    }
    release(&p);
    return done;
}

void plan_peeling_free(plan_peeling *peeling)
{
    const rq_allocator *a = peeling->allocator;
    memory_release(a, peeling->pivots, peeling->W, sizeof *peeling->pivots);
    memory_release(a, peeling->inactive, peeling->L, sizeof *peeling->inactive);
    memory_release(a, peeling->inactive_index, peeling->L, sizeof *peeling->inactive_index);
    memory_release(a, peeling->row_is_done, peeling->row_count, 1);
}

/* Of LT columns either list is written to and one kept, without a branch; PI columns are all
 * inactive. */
uint32_t plan_row_apart(const plan_peeling *peeling, const plan_matrix *m, uint32_t row,
                        uint32_t own, uint16_t *columns, uint32_t *all)
{
    const int32_t *index = peeling->inactive_index;
    const uint16_t *column = m->row_columns + m->row_start[row];
    const uint16_t *pi = column + DEGREE(m->row_state[row]);
    const uint16_t *end = m->row_columns + m->row_start[row + 1];
    uint16_t inactive[RFC6330_MAX_ROW], *known = inactive, *peeled = columns;
    for (; column < pi; column++) {
        bool is_peeled = index[*column] < 0;
        *peeled = *known = *column;
        peeled += is_peeled && *column != own;
        known += !is_peeled;
    }
    uint32_t count = (uint32_t)(peeled - columns);
    for (const uint16_t *from = inactive; from < known; from++)
        *peeled++ = *from;
    for (; pi < end; pi++)
        *peeled++ = *pi;
    *all = (uint32_t)(peeled - columns);
    return count;
}
