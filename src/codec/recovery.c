#include "codec/recovery.h"

#include <string.h>

#include "plan/cache.h"

enum { MOST_BY_DIFFERENCE = 64, SPARE_REPAIRS = 8 };

/* Few enough that m x m octet products cost less than a plan does. */
static bool few_lost(uint32_t K, uint32_t m)
{
    return m <= MOST_BY_DIFFERENCE && (uint64_t)m * m <= 6ull * K;
}

/* ---- by a plan ---- */

static int by_plan(codec_recovery *r, const uint32_t *esis, uint32_t count, const uint32_t *lost,
                   uint32_t *missing)
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
        status = plan_create(r->K, isis, count, a, &plan, missing);
    memory_release(a, isis, count, sizeof *isis);
    r->plan = plan;
    if (status != RQ_OK)
        return status;
    bool ready = codec_outputs_begin(&r->outputs, r->lost_count, a);
    for (uint32_t i = 0; ready && i < r->lost_count; i++)
        ready = codec_outputs_add(&r->outputs, &r->code, lost[i], lost[i]);
    return ready ? RQ_OK : RQ_ERROR_MEMORY;
}

/* ---- by difference ---- */

/* Inputs 0..K'-1 are the source symbols, then come the repair symbols. */
static bool list_inputs(codec_recovery *r, const uint32_t *esis, uint32_t count)
{
    uint32_t K_prime = r->code.K_prime;
    r->input_capacity = K_prime + count;
    r->input_of = memory_allocate(&r->allocator, r->input_capacity, sizeof *r->input_of);
    if (!r->input_of)
        return false;
    for (uint32_t i = 0; i < K_prime; i++)
        r->input_of[i] = CODEC_NOTHING;
    r->input_count = K_prime;
    for (uint32_t i = 0; i < count; i++) {
        if (esis[i] < r->K)
            r->input_of[esis[i]] = i;
        else if (r->input_count < K_prime + r->lost_count + SPARE_REPAIRS)
            r->input_of[r->input_count++] = i;
    }
    return true;
}

/* How much each lost symbol contributes to each repair symbol: rows of `width` octets, one a repair
 * symbol, followed by an identity. Made by running the encoder's plan on unit vectors. */
static bool contributions(const codec_recovery *r, const uint32_t *esis, const uint32_t *lost,
                          uint8_t *rows, size_t row_size, uint32_t repairs)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count, K_prime = r->code.K_prime;
    size_t size = (size_t)codec_workspace_size(r->plan, m), units_size = (size_t)m * m;
    uint8_t *workspace = memory_allocate(a, size, 1), *units = memory_allocate(a, units_size, 1);
    const uint8_t **inputs = memory_allocate(a, K_prime, sizeof *inputs);
    bool made = workspace && units && inputs;
    if (made) {
        memset(units, 0, units_size);
        memset(inputs, 0, K_prime * sizeof *inputs);
        for (uint32_t i = 0; i < m; i++) {
            units[(size_t)i * m + i] = 1;
            inputs[lost[i]] = units + (size_t)i * m;
        }
        codec_solve(r->plan, inputs, 0, m, workspace);
        for (uint32_t i = 0; i < repairs; i++) {
            uint32_t esi = esis[r->input_of[K_prime + i]];
            codec_symbol(&r->code, plan_isi(&r->code, r->K, esi), workspace, m,
                         rows + i * row_size);
            rows[i * row_size + m + i] = 1;
        }
    }
    memory_release(a, inputs, K_prime, sizeof *inputs);
    memory_release(a, units, units_size, 1);
    memory_release(a, workspace, size, 1);
    return made;
}

/* Gauss-Jordan over [contributions | identity]. chosen[f] is the repair symbol that gives lost
 * symbol f. Returns the rank. */
static uint32_t invert(uint8_t *rows, size_t row_size, uint32_t m, uint32_t repairs,
                       uint32_t *chosen)
{
    const gf256_kernels *kernels = gf256();
    bool used[MOST_BY_DIFFERENCE + SPARE_REPAIRS] = {false};
    uint32_t rank = 0;
    for (uint32_t f = 0; f < m; f++) {
        uint32_t row = 0;
        while (row < repairs && (used[row] || rows[row * row_size + f] == 0))
            row++;
        if (row == repairs)
            continue;
        rank++;
        used[row] = true;
        chosen[f] = row;
        uint8_t *pivot = rows + row * row_size;
        /* x += (c + 1) x is x = c x. */
        kernels->multiply_add(pivot, pivot, gf256_inverse(pivot[f]) ^ 1, row_size);
        for (uint32_t other = 0; other < repairs; other++) {
            uint8_t *target = rows + other * row_size;
            if (other != row && target[f] != 0)
                kernels->multiply_add(target, pivot, target[f], row_size);
        }
    }
    return rank;
}

/* Keeps the m repair symbols in use, their part of the inverse, and the outputs that compare them.
 */
static bool keep_chosen(codec_recovery *r, const uint32_t *esis, const uint8_t *rows,
                        size_t row_size, const uint32_t *chosen)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count, K_prime = r->code.K_prime;
    uint32_t input_of[MOST_BY_DIFFERENCE];
    r->inverse = memory_allocate(a, (size_t)m * m, 1);
    r->counting = memory_allocate(a, m, sizeof *r->counting);
    if (!r->inverse || !r->counting || !codec_outputs_begin(&r->outputs, m, a))
        return false;
    for (uint32_t f = 0; f < m; f++) {
        input_of[f] = r->input_of[K_prime + chosen[f]];
        r->counting[f] = (uint16_t)f;
        for (uint32_t k = 0; k < m; k++)
            r->inverse[(size_t)f * m + k] = rows[chosen[f] * row_size + m + chosen[k]];
    }
    for (uint32_t f = 0; f < m; f++) {
        r->input_of[K_prime + f] = input_of[f];
        if (!codec_outputs_add(&r->outputs, &r->code, plan_isi(&r->code, r->K, esis[input_of[f]]),
                               f))
            return false;
        r->outputs.gathers[f].input = K_prime + f;
    }
    r->input_count = K_prime + m;
    return true;
}

static int by_difference(codec_recovery *r, const uint32_t *esis, uint32_t count,
                         const uint32_t *lost, uint32_t *missing)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count, chosen[MOST_BY_DIFFERENCE] = {0};
    r->by_difference = true;
    r->lost = memory_allocate(a, m, sizeof *r->lost);
    if (!r->lost || !list_inputs(r, esis, count) ||
        plan_cache_get(r->code.K_prime, a, &r->plan) != RQ_OK)
        return RQ_ERROR_MEMORY;
    memcpy(r->lost, lost, m * sizeof *lost);
    uint32_t repairs = r->input_count - r->code.K_prime;
    size_t row_size = (size_t)m + repairs;
    uint8_t *rows = memory_allocate(a, repairs, row_size);
    int status = rows ? RQ_OK : RQ_ERROR_MEMORY;
    if (rows) {
        memset(rows, 0, repairs * row_size);
        if (!contributions(r, esis, lost, rows, row_size, repairs))
            status = RQ_ERROR_MEMORY;
    }
    if (status == RQ_OK) {
        *missing = m - invert(rows, row_size, m, repairs, chosen);
        status = *missing > 0 ? RQ_ERROR_DECODE : RQ_OK;
    }
    if (status == RQ_OK && !keep_chosen(r, esis, rows, row_size, chosen))
        status = RQ_ERROR_MEMORY;
    memory_release(a, rows, repairs, row_size);
    return status;
}

/* ---- either ---- */

/* True if the system by difference is small, and sees all repair symbols there are: one that it
 * left out might make the rank full. What is received must not be wanted as well. */
static bool suits_difference(const codec_recovery *r, const uint32_t *esis, uint32_t count)
{
    uint32_t sources = 0;
    for (uint32_t i = 0; i < count; i++)
        sources += esis[i] < r->K;
    return few_lost(r->K, r->lost_count) && sources + r->lost_count == r->K &&
           count - sources <= r->lost_count + SPARE_REPAIRS;
}

int codec_recovery_make(codec_recovery *r, uint32_t K, const uint32_t *esis, uint32_t count,
                        const uint32_t *lost, uint32_t lost_count, const rq_allocator *allocator,
                        uint32_t *missing)
{
    *r = (codec_recovery){.allocator = *allocator, .K = K, .lost_count = lost_count};
    *missing = count < K ? K - count : 0;
    if (!rfc6330_code_for(K, &r->code) || count < K)
        return count < K ? RQ_ERROR_DECODE : RQ_ERROR_PARAMETER;
    if (suits_difference(r, esis, count))
        return by_difference(r, esis, count, lost, missing);
    return by_plan(r, esis, count, lost, missing);
}

void codec_recovery_free(codec_recovery *r)
{
    const rq_allocator *a = &r->allocator;
    uint32_t m = r->lost_count;
    plan_cache_put(r->plan);
    memory_release(a, r->input_of, r->input_capacity, sizeof *r->input_of);
    memory_release(a, r->lost, m, sizeof *r->lost);
    memory_release(a, r->inverse, (size_t)m * m, 1);
    memory_release(a, r->counting, m, sizeof *r->counting);
    if (r->outputs.allocator)
        codec_outputs_free(&r->outputs);
}

uint64_t codec_recovery_workspace_size(const codec_recovery *r, size_t width)
{
    uint64_t rows = r->plan->row_count + (r->by_difference ? r->lost_count + 1u : 0);
    return rows * codec_stride(width);
}

/* After the encoder's plan: row_count.. of the workspace hold the differences, then one symbol. */
static void run_differences(const codec_recovery *r, const uint8_t *const *inputs, size_t offset,
                            size_t width, uint8_t *workspace, uint8_t *destinations, size_t stride)
{
    const gf256_kernels *kernels = gf256();
    size_t row = codec_stride(width);
    uint8_t *differences = workspace + r->plan->row_count * row;
    uint8_t *symbol = differences + r->lost_count * row;
    gf256_rows rows = {row, workspace, inputs, offset, width, differences, row, row, false};
    kernels->gather(r->outputs.gathers, r->lost_count, r->outputs.operands, GF256_ALL, &rows);
    for (uint32_t f = 0; f < r->lost_count; f++) {
        memset(symbol, 0, row);
        kernels->combine(symbol, r->inverse + (size_t)f * r->lost_count, r->counting, r->lost_count,
                         differences, row);
        memcpy(destinations + r->lost[f] * stride, symbol, width);
    }
}

void codec_recovery_run(const codec_recovery *r, const uint8_t *const *inputs, size_t offset,
                        size_t width, uint8_t *workspace, uint8_t *destinations, size_t stride)
{
    codec_solve(r->plan, inputs, offset, width, workspace);
    if (r->by_difference)
        run_differences(r, inputs, offset, width, workspace, destinations, stride);
    else
        codec_emit(&r->outputs, 0, r->lost_count, workspace, width, destinations, stride, false);
}
