/* Workspace rows: 0..L-1 columns; from L the leftovers' known parts, the tables of sums of four
 * (before that is needed the sums for pairs of HDPC rows end there), and the H HDPC sums. The
 * program:
 *
 *   zero    the inactive columns
 *   near    each peeled column = its input + earlier peeled columns: its known part
 *   gather  each used leftover's known part l
 *   horner  the known parts of sums for pairs of HDPC rows (only if there are free symbols)
 *   gather  the HDPC sums' known parts: those of all pairs they are in
 *   tables  determined symbols = sums of l: one by one if they are few, else four at a time through
 *           a table of their 16 sums
 *   combine the HDPC sums += what the determined symbols contribute
 *   combine the free symbols = inverse x sums
 *   gather  determined symbols += free symbols
 *   all     each peeled column anew, now that its inactive columns are known
 */
#include "plan/program.h"

#include <string.h>

enum {
    GROUP = 4, /* leftovers in a table */
    GROUP_ROWS = 1 << GROUP,
    GROUPS = 8, /* tables made at a time, so that they stay in the nearest cache */
    BLOCK_LEFTOVERS = GROUP * GROUPS,
    BLOCK_ROWS = GROUP_ROWS * GROUPS,
    MOST_DIRECT = 48, /* leftovers for which tables do not pay */
};

_Static_assert((uint32_t)BLOCK_ROWS >= RFC6330_HDPC_PAIRS(RFC6330_MAX_H),
               "sums for pairs fit there");

typedef struct writer {
    rq_plan *plan;
    const plan_matrix *matrix;
    const plan_peeling *peeling;
    const plan_dense *dense;
    uint32_t dense_row, table_row, sums_row; /* of the workspace */
} writer;

static uint32_t blocks_of(uint32_t rank)
{
    return rank <= MOST_DIRECT ? 0 : (rank + BLOCK_LEFTOVERS - 1) / BLOCK_LEFTOVERS;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Room for all that can follow once the rows are peeled: at most as many symbols are determined as
 * there are leftover rows, and at most H are free. */
static bool allocate(writer *w)
{
    rq_plan *p = w->plan;
    const plan_matrix *m = w->matrix;
    uint64_t inactive = w->peeling->inactive_count, H = m->code->H;
    uint64_t rank = lesser(inactive, m->row_count - w->peeling->pivot_count);
    uint64_t free = lesser(inactive, H), blocks = blocks_of((uint32_t)rank);
    uint64_t direct = lesser(rank, MOST_DIRECT), slots = RFC6330_HDPC_PAIRS(H);
    uint64_t gathers = w->peeling->pivot_count + 3 * rank + blocks * (BLOCK_ROWS + rank) + H;
    uint64_t operands = m->row_start[m->row_count] + 1 + inactive + direct * direct +
                        blocks * 2 * BLOCK_ROWS + blocks * GROUPS * rank + rank * free + rank +
                        3 * free + 3 * slots;
    uint64_t coefficients = free * (rank + free);
    if (gathers > UINT32_MAX || operands > UINT32_MAX)
        return false;
    p->gather_capacity = (uint32_t)gathers;
    p->operand_capacity = (uint32_t)operands;
    p->coefficient_capacity = (uint32_t)coefficients;
    p->step_capacity = 11 + 2 * (uint32_t)blocks;
    p->steps = memory_allocate(&p->allocator, p->step_capacity, sizeof *p->steps);
    p->gathers = memory_allocate(&p->allocator, p->gather_capacity, sizeof *p->gathers);
    p->operands = memory_allocate(&p->allocator, p->operand_capacity, sizeof *p->operands);
    p->hdpc_slots = memory_allocate(&p->allocator, m->code->K_prime + m->code->S, 1);
    p->coefficients = memory_allocate(&p->allocator, p->coefficient_capacity, 1);
    return p->steps && p->gathers && p->operands && p->hdpc_slots && p->coefficients;
}

static plan_step *begin_step(writer *w, plan_kind kind, uint32_t destination_row,
                             uint32_t operand_row)
{
    rq_plan *p = w->plan;
    plan_step *step = &p->steps[p->step_count++];
    *step = (plan_step){kind,
                        0,
                        0,
                        destination_row,
                        operand_row,
                        p->gather_count,
                        p->operand_count,
                        p->coefficient_count};
    return step;
}

/* Adds a gather of the operands written since first_operand. */
static void add_gather(writer *w, plan_step *step, uint32_t input, uint32_t destination,
                       uint32_t first_operand, uint32_t near)
{
    rq_plan *p = w->plan;
    uint32_t all = p->operand_count - first_operand;
    p->gathers[p->gather_count++] =
        (gf256_gather){input, destination, (uint16_t)near, (uint16_t)all};
    step->count++;
}

static void add_operand(writer *w, uint32_t row)
{
    w->plan->operands[w->plan->operand_count++] = (uint16_t)row;
}

/* The same without a branch, where it is as good as random whether. There must be room for one more
 * than is added. */
static void add_operand_if(writer *w, uint32_t row, bool added)
{
    w->plan->operands[w->plan->operand_count] = (uint16_t)row;
    w->plan->operand_count += added;
}

/* Adds a gather of the row's columns but its own; of all of them or of the peeled ones. */
static void add_row_gather(writer *w, plan_step *step, uint32_t row, uint32_t own,
                           uint32_t destination, bool inactive)
{
    uint32_t first = w->plan->operand_count, all;
    uint32_t near =
        plan_row_apart(w->peeling, w->matrix, row, own, w->plan->operands + first, &all);
    w->plan->operand_count += inactive ? all : near;
    add_gather(w, step, w->matrix->row_input[row], destination, first, near);
}

static void write_zeros(writer *w)
{
    plan_step *step = begin_step(w, PLAN_ZERO, 0, 0);
    for (uint32_t i = 0; i < w->peeling->inactive_count; i++, step->count++)
        add_operand(w, w->peeling->inactive[i]);
}

/* Near and, at the end, all operands of the same gathers. */
static void write_pivots(writer *w)
{
    plan_step *step = begin_step(w, PLAN_GATHER_NEAR, 0, 0);
    for (uint32_t i = 0; i < w->peeling->pivot_count; i++) {
        plan_pivot pivot = w->peeling->pivots[i];
        add_row_gather(w, step, pivot.row, pivot.column, pivot.column, true);
    }
}

static void write_leftovers(writer *w)
{
    const plan_dense *d = w->dense;
    plan_step *step = begin_step(w, PLAN_GATHER_ALL, w->dense_row, 0);
    for (uint32_t i = 0; i < d->rank; i++) {
        uint32_t row = d->leftover_rows[d->order[i]];
        add_row_gather(w, step, row, UINT32_MAX, i, false);
    }
}

/* The HDPC sums of what is known: for each pair of rows that a column enters, from zero, then for
 * each row. */
static void write_horner(writer *w)
{
    const rfc6330_code *code = w->matrix->code;
    const uint32_t pairs = RFC6330_HDPC_PAIRS(code->H), pairs_row = w->sums_row - pairs;
    const uint32_t columns = code->K_prime + code->S - 1;
    bool entered[RFC6330_HDPC_PAIRS(RFC6330_MAX_H)] = {false};
    for (uint32_t i = 0; i < columns; i++)
        entered[w->matrix->hdpc_slots[i]] = true;
    plan_step *step = begin_step(w, PLAN_ZERO, pairs_row, pairs_row);
    for (uint32_t pair = 0; pair < pairs; pair++) {
        if (entered[pair]) {
            add_operand(w, pair);
            step->count++;
        }
    }
    step = begin_step(w, PLAN_HORNER, w->sums_row, 0);
    step->count = columns;
    memcpy(w->plan->hdpc_slots, w->matrix->hdpc_slots, columns);
    step = begin_step(w, PLAN_GATHER_ALL, w->sums_row, pairs_row);
    for (uint32_t h = 0; h < code->H; h++) {
        uint32_t first = w->plan->operand_count;
        for (uint32_t other = 0; other < code->H; other++) {
            uint32_t pair = other < h ? rfc6330_hdpc_pair(other, h) : rfc6330_hdpc_pair(h, other);
            if (other != h && entered[pair])
                add_operand(w, pair);
        }
        add_gather(w, step, GF256_ACCUMULATE, h, first, w->plan->operand_count - first);
    }
}

/* The table of a group: row t holds the sum of the leftovers whose bits t has. */
static void write_tables(writer *w, uint32_t first_leftover)
{
    plan_step *step = begin_step(w, PLAN_GATHER_ALL, w->dense_row, w->dense_row);
    uint32_t tables = w->table_row - w->dense_row;
    for (uint32_t g = 0; g < GROUPS; g++) {
        uint32_t base = first_leftover + g * GROUP;
        uint32_t left = base < w->dense->rank ? w->dense->rank - base : 0;
        uint32_t rows = left < GROUP ? 1u << left : GROUP_ROWS;
        for (uint32_t t = 1; t < rows; t++) {
            uint32_t first = w->plan->operand_count, low = 0;
            while (!(t >> low & 1))
                low++;
            add_operand(w, base + low);
            if (t & (t - 1))
                add_operand(w, tables + g * GROUP_ROWS + (t & (t - 1)));
            add_gather(w, step, GF256_NO_INPUT, tables + g * GROUP_ROWS + t, first,
                       w->plan->operand_count - first);
        }
    }
}

static void write_table_sums(writer *w, uint32_t first_leftover)
{
    const plan_dense *d = w->dense;
    plan_step *step = begin_step(w, PLAN_GATHER_ALL, 0, w->table_row);
    for (uint32_t i = 0; i < d->rank; i++) {
        uint32_t first = w->plan->operand_count;
        for (uint32_t g = 0; g < GROUPS; g++) {
            uint32_t base = first_leftover + g * GROUP, t = 0;
            for (uint32_t b = 0; b < GROUP && base + b < d->rank; b++)
                t |= (uint32_t)plan_dense_uses(d, i, base + b) << b;
            if (t != 0)
                add_operand(w, g * GROUP_ROWS + t);
        }
        if (w->plan->operand_count > first)
            add_gather(w, step, GF256_ACCUMULATE, w->peeling->inactive[d->pivot[i]], first,
                       w->plan->operand_count - first);
    }
}

/* The determined symbols as sums of leftovers, one by one. */
static void write_direct_sums(writer *w)
{
    const plan_dense *d = w->dense;
    plan_step *step = begin_step(w, PLAN_GATHER_ALL, 0, w->dense_row);
    for (uint32_t i = 0; i < d->rank; i++) {
        uint32_t first = w->plan->operand_count;
        for (uint32_t j = 0; j < d->rank; j++)
            add_operand_if(w, j, plan_dense_uses(d, i, j));
        add_gather(w, step, GF256_NO_INPUT, w->peeling->inactive[d->pivot[i]], first,
                   w->plan->operand_count - first);
    }
}

static void write_tabled_sums(writer *w)
{
    for (uint32_t first = 0; first < w->dense->rank; first += BLOCK_LEFTOVERS) {
        write_tables(w, first);
        write_table_sums(w, first);
    }
}

static void add_coefficient(writer *w, uint8_t coefficient)
{
    w->plan->coefficients[w->plan->coefficient_count++] = coefficient;
}

/* What the determined symbols contribute to the HDPC sums that are used. */
static void write_contributions(writer *w)
{
    const plan_dense *d = w->dense;
    plan_step *step = begin_step(w, PLAN_COMBINE, w->sums_row, 0);
    for (uint32_t k = 0; k < d->free_count; k++, step->target_count++)
        add_operand(w, d->chosen[k]);
    for (uint32_t i = 0; i < d->rank; i++, step->count++)
        add_operand(w, w->peeling->inactive[d->pivot[i]]);
    for (uint32_t k = 0; k < d->free_count; k++) {
        for (uint32_t i = 0; i < d->rank; i++)
            add_coefficient(w, d->hdpc[d->pivot[i]].octets[d->chosen[k]]);
    }
}

static void write_inverse(writer *w)
{
    const plan_dense *d = w->dense;
    plan_step *step = begin_step(w, PLAN_COMBINE, 0, w->sums_row);
    for (uint32_t f = 0; f < d->free_count; f++, step->target_count++)
        add_operand(w, w->peeling->inactive[d->free[f]]);
    for (uint32_t k = 0; k < d->free_count; k++, step->count++)
        add_operand(w, d->chosen[k]);
    for (uint32_t f = 0; f < d->free_count; f++) {
        for (uint32_t k = 0; k < d->free_count; k++)
            add_coefficient(w, d->inverse[f][k]);
    }
}

static void write_free(writer *w)
{
    const plan_dense *d = w->dense;
    const uint16_t *inactive = w->peeling->inactive;
    write_contributions(w);
    write_inverse(w);
    plan_step *step = begin_step(w, PLAN_GATHER_ALL, 0, 0);
    for (uint32_t i = 0; i < d->rank; i++) {
        uint32_t first = w->plan->operand_count;
        for (uint32_t f = 0; f < d->free_count; f++)
            add_operand_if(w, inactive[d->free[f]], plan_dense_depends(d, i, f));
        add_gather(w, step, GF256_ACCUMULATE, inactive[d->pivot[i]], first,
                   w->plan->operand_count - first);
    }
}

bool plan_program_begin(rq_plan *plan, const plan_matrix *matrix, const plan_peeling *peeling)
{
    writer w = {.plan = plan, .matrix = matrix, .peeling = peeling};
    if (!allocate(&w))
        return false;
    write_zeros(&w);
    write_pivots(&w);
    return true;
}

void plan_program_end(rq_plan *plan, const plan_matrix *matrix, const plan_peeling *peeling,
                      const plan_dense *dense)
{
    writer w = {.plan = plan, .matrix = matrix, .peeling = peeling, .dense = dense};
    w.dense_row = matrix->code->L;
    w.table_row = w.dense_row + dense->rank;
    w.sums_row = w.table_row + (blocks_of(dense->rank) > 0 ? (uint32_t)BLOCK_ROWS
                                                           : RFC6330_HDPC_PAIRS(matrix->code->H));
    plan->row_count = w.sums_row + matrix->code->H;
    write_leftovers(&w);
    if (dense->free_count > 0)
        write_horner(&w);
    if (blocks_of(dense->rank) > 0)
        write_tabled_sums(&w);
    else
        write_direct_sums(&w);
    if (dense->free_count > 0)
        write_free(&w);
    plan_step all = plan->steps[PLAN_PIVOTS_STEP];
    all.kind = PLAN_GATHER_ALL;
    plan->steps[plan->step_count++] = all;
}
