#include "codec/recovery.h"

#include <string.h>

#include "codec/contributions.h"
#include "plan/cache.h"

enum { MOST_EQUATIONS = 64, SPARE_REPAIRS = 8 };

/* ---- by a plan ---- */

static int by_plan(codec_recovery *r, const uint32_t *esis, uint32_t count, const uint32_t *lost,
                   const plan_watch *watch, uint32_t *missing)
{
    const rq_allocator *a = &r->allocator;
    rq_plan *plan = NULL;
    r->input_count = r->input_capacity = count;
    r->input_of = memory_allocate(a, count, sizeof *r->input_of);
    uint32_t *isis = memory_allocate(a, count, sizeof *isis);
    int status = r->input_of && isis ? RQ_OK : RQ_ERROR_MEMORY;
    for (uint32_t i = 0; status == RQ_OK && i < count; i++) {
        isis[i] = plan_isi(&r->code, r->K, esis[i]);
        r->input_of[i] = i;
    }
    if (status == RQ_OK)
        status = plan_create_keeping_parts(r->K, isis, count, a, watch, &plan, missing);
    memory_release(a, isis, count, sizeof *isis);
    r->plan = plan;
    if (status != RQ_OK)
        return status;
    bool made = codec_few_make(&r->made, plan, lost, lost, r->lost_count, a);
    plan_forget_parts(plan);
    return made ? RQ_OK : RQ_ERROR_MEMORY;
}

/* ---- by equations ---- */

/* One equation a repair symbol: the octets of the m lost symbols, then those of the inputs that
 * give them: of each repair symbol (one for its own equation's) and, by weights, of the source
 * symbols at hand. */
typedef struct equations {
    uint32_t count;
    size_t row_size;
    uint8_t *rows;
    uint32_t chosen[MOST_EQUATIONS]; /* the row that gives each lost symbol */
} equations;

/* By difference: source symbols 0..K'-1, then repair symbols. By weights: repair symbols, then the
 * source symbols at hand. */
static bool list_inputs(codec_recovery *r, const uint32_t *esis, uint32_t count, uint32_t repairs)
{
    bool whole = r->way == CODEC_BY_DIFFERENCE;
    uint32_t first_repair = whole ? r->code.K_prime : 0;
    r->input_capacity = r->code.K_prime + repairs;
    r->input_of = memory_allocate(&r->allocator, r->input_capacity, sizeof *r->input_of);
    if (!r->input_of)
        return false;
    for (uint32_t i = 0; i < r->code.K_prime; i++)
        r->input_of[i] = CODEC_NOTHING;
    r->input_count = first_repair + repairs;
    for (uint32_t i = 0; i < count; i++) {
        if (esis[i] >= r->K)
            r->input_of[first_repair++] = i;
        else if (whole)
            r->input_of[esis[i]] = i;
        else
            r->input_of[r->input_count++] = i;
    }
    return true;
}

/* The equations of the repair symbols, by what each lost symbol, or each source symbol, contributes
 * to them. */
static bool set_up(const codec_recovery *r, const uint32_t *esis, equations *e)
{
    bool whole = r->way == CODEC_BY_DIFFERENCE;
    uint32_t m = r->lost_count, first_repair = whole ? r->code.K_prime : 0;
    codec_contributions contributions;
    bool made = codec_contributions_begin(&contributions, r->plan, whole ? r->lost : NULL,
                                          whole ? m : r->K, &r->allocator);
    for (uint32_t i = 0; made && i < e->count; i++) {
        uint8_t octets[CODEC_FEW_SOURCES], *row = e->rows + i * e->row_size;
        uint32_t isi = plan_isi(&r->code, r->K, esis[r->input_of[first_repair + i]]);
        memset(row, 0, e->row_size);
        row[m + i] = 1;
        if (whole) {
            codec_contributions_of(&contributions, isi, row);
            continue;
        }
        codec_contributions_of(&contributions, isi, octets);
        for (uint32_t f = 0; f < m; f++)
            row[f] = octets[r->lost[f]];
        for (uint32_t k = e->count; k < r->input_count; k++)
            row[m + k] = octets[esis[r->input_of[k]]];
    }
    codec_contributions_free(&contributions);
    return made;
}

/* Gauss-Jordan over the lost symbols' octets. Returns the rank. */
static uint32_t solve(equations *e, uint32_t m)
{
    const gf256_kernels *kernels = gf256();
    bool used[MOST_EQUATIONS + SPARE_REPAIRS] = {false};
    uint32_t rank = 0;
    for (uint32_t f = 0; f < m; f++) {
        uint32_t row = 0;
        while (row < e->count && (used[row] || e->rows[row * e->row_size + f] == 0))
            row++;
        if (row == e->count)
            continue;
        rank++;
        used[row] = true;
        e->chosen[f] = row;
        uint8_t *pivot = e->rows + row * e->row_size;
        /* x += (c + 1) x is x = c x. */
        kernels->multiply_add(pivot, pivot, gf256_inverse(pivot[f]) ^ 1, e->row_size);
        for (uint32_t other = 0; other < e->count; other++) {
            uint8_t *target = e->rows + other * e->row_size;
            if (other != row && target[f] != 0)
                kernels->multiply_add(target, pivot, target[f], e->row_size);
        }
    }
    return rank;
}

/* Each lost symbol's weights, from the equation solved for it. By difference, of the m repair
 * symbols in use alone, which become the only ones. */
static bool keep_weights(codec_recovery *r, const equations *e)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count, K_prime = r->code.K_prime, used[MOST_EQUATIONS];
    bool whole = r->way == CODEC_BY_DIFFERENCE;
    r->weight_count = whole ? m : r->input_count;
    r->weights = memory_allocate(a, m, r->weight_count);
    if (!r->weights)
        return false;
    for (uint32_t f = 0; f < m; f++) {
        const uint8_t *solved = e->rows + e->chosen[f] * e->row_size + m;
        for (uint32_t k = 0; k < r->weight_count; k++)
            r->weights[(size_t)f * r->weight_count + k] = solved[whole ? e->chosen[k] : k];
        used[f] = whole ? r->input_of[K_prime + e->chosen[f]] : 0;
    }
    if (whole) {
        memcpy(r->input_of + K_prime, used, m * sizeof *used);
        r->input_count = K_prime + m;
    }
    return true;
}

/* The gathers that compare repair symbols with what the encoder's plan makes of the rest. */
static bool list_differences(codec_recovery *r, const uint32_t *esis)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count, K_prime = r->code.K_prime, isis[MOST_EQUATIONS];
    r->counting = memory_allocate(a, m, sizeof *r->counting);
    for (uint32_t f = 0; r->counting && f < m; f++) {
        isis[f] = plan_isi(&r->code, r->K, esis[r->input_of[K_prime + f]]);
        r->counting[f] = (uint16_t)f;
    }
    if (!r->counting || !codec_few_make(&r->made, r->plan, isis, NULL, m, a))
        return false;
    for (uint32_t f = 0; f < m; f++)
        r->made.symbols.gathers[f].input = K_prime + f;
    return true;
}

static int by_equations(codec_recovery *r, const uint32_t *esis, uint32_t count,
                        const uint32_t *lost, uint32_t *missing)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count;
    equations e = {.count = count - (r->K - m)};
    r->lost = memory_allocate(a, m, sizeof *r->lost);
    if (!r->lost || !list_inputs(r, esis, count, e.count) ||
        plan_cache_get(r->code.K_prime, a, &r->plan) != RQ_OK)
        return RQ_ERROR_MEMORY;
    memcpy(r->lost, lost, m * sizeof *lost);
    e.row_size = m + (r->way == CODEC_BY_DIFFERENCE ? e.count : r->input_count);
    e.rows = memory_allocate(a, e.count, e.row_size);
    int status = e.rows && set_up(r, esis, &e) ? RQ_OK : RQ_ERROR_MEMORY;
    if (status == RQ_OK) {
        *missing = m - solve(&e, m);
        status = *missing > 0 ? RQ_ERROR_DECODE : RQ_OK;
    }
    if (status == RQ_OK &&
        (!keep_weights(r, &e) || (r->way == CODEC_BY_DIFFERENCE && !list_differences(r, esis))))
        status = RQ_ERROR_MEMORY;
    memory_release(a, e.rows, e.count, e.row_size);
    return status;
}

/* ---- any ---- */

/* Equations are few, and see all repair symbols there are: one that is left out might make the rank
 * full. What is received must not be wanted as well. By difference m x m octet products must cost
 * less than a plan does. */
static codec_way way_for(const codec_recovery *r, const uint32_t *esis, uint32_t count)
{
    uint32_t sources = 0, m = r->lost_count;
    for (uint32_t i = 0; i < count; i++)
        sources += esis[i] < r->K;
    if (m > MOST_EQUATIONS || sources + m != r->K || count - sources > m + SPARE_REPAIRS)
        return CODEC_BY_PLAN;
    if (r->K <= CODEC_FEW_SOURCES)
        return CODEC_BY_WEIGHTS;
    return m * m <= 4 * r->K + 64 ? CODEC_BY_DIFFERENCE : CODEC_BY_PLAN;
}

int codec_recovery_make(codec_recovery *r, uint32_t K, const uint32_t *esis, uint32_t count,
                        const uint32_t *lost, uint32_t lost_count, const rq_allocator *allocator,
                        const plan_watch *watch, uint32_t *missing)
{
    *r = (codec_recovery){.allocator = *allocator, .K = K, .lost_count = lost_count};
    *missing = count < K ? K - count : 0;
    if (!rfc6330_code_for(K, &r->code) || count < K)
        return count < K ? RQ_ERROR_DECODE : RQ_ERROR_PARAMETER;
    r->way = way_for(r, esis, count);
    if (r->way == CODEC_BY_PLAN)
        return by_plan(r, esis, count, lost, watch, missing);
    return by_equations(r, esis, count, lost, missing);
}

void codec_recovery_free(codec_recovery *r)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count;
    codec_few_free(&r->made);
    plan_cache_put(r->plan);
    memory_release(a, r->input_of, r->input_capacity, sizeof *r->input_of);
    memory_release(a, r->lost, m, sizeof *r->lost);
    memory_release(a, r->weights, m, r->weight_count);
    memory_release(a, r->counting, m, sizeof *r->counting);
}

uint64_t codec_recovery_workspace_size(const codec_recovery *r, size_t width)
{
    uint64_t rows = r->way == CODEC_BY_PLAN         ? r->plan->row_count
                    : r->way == CODEC_BY_DIFFERENCE ? r->plan->row_count + r->lost_count + 2u
                                                    : r->lost_count;
    return rows * codec_stride(width);
}

/* Behind the encoder's plan's own, row_count.. of the workspace hold the differences, then two
 * symbols. */
static void run_differences(const codec_recovery *r, const uint8_t *const *inputs, size_t offset,
                            size_t width, uint8_t *workspace, uint8_t *destinations, size_t stride)
{
    const gf256_kernels *kernels = gf256();
    size_t row = codec_stride(width);
    uint8_t *differences = workspace + r->plan->row_count * row;
    uint8_t *symbols = differences + r->lost_count * row;
    codec_few_run(&r->made, inputs, offset, width, workspace, differences, row, row);
    for (uint32_t f = 0; f < r->lost_count; f += 2) {
        const uint16_t both[2] = {0, 1};
        uint32_t some = r->lost_count - f < 2 ? 1 : 2;
        memset(symbols, 0, some * row);
        kernels->combine(symbols, both, some, differences, r->counting, r->lost_count,
                         r->weights + (size_t)f * r->weight_count, row);
        for (uint32_t i = 0; i < some; i++)
            memcpy(destinations + r->lost[f + i] * stride, symbols + i * row, width);
    }
}

/* All sums are made before the first is put where an input may be. */
static void run_weights(const codec_recovery *r, const uint8_t *const *inputs, size_t offset,
                        size_t width, uint8_t *workspace, uint8_t *destinations, size_t stride)
{
    size_t row = codec_stride(width);
    for (uint32_t f = 0; f < r->lost_count; f++)
        codec_weigh(r->weights + (size_t)f * r->weight_count, inputs, r->weight_count, offset,
                    width, workspace + f * row);
    for (uint32_t f = 0; f < r->lost_count; f++)
        memcpy(destinations + r->lost[f] * stride, workspace + f * row, width);
}

void codec_recovery_run(const codec_recovery *r, const uint8_t *const *inputs, size_t offset,
                        size_t width, uint8_t *workspace, uint8_t *destinations, size_t stride)
{
    if (r->way == CODEC_BY_WEIGHTS) {
        run_weights(r, inputs, offset, width, workspace, destinations, stride);
        return;
    }
    if (r->way == CODEC_BY_DIFFERENCE)
        run_differences(r, inputs, offset, width, workspace, destinations, stride);
    else
        codec_few_run(&r->made, inputs, offset, width, workspace, destinations, stride, width);
}
