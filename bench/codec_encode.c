#include "codec_encode.h"

#include "fail.h"
#include "measure.h"

typedef struct encoding {
    block *block;
    const block_solution *solution;
    codec_outputs outputs;
    uint8_t *repairs; /* a row each */
} encoding;

static void run_plan(void *context)
{
    const encoding *e = context;
    rq_plan *plan;
    if (rq_plan_encode(e->block->code.K_prime, NULL, &plan) != RQ_OK)
        fail("no plan for K = %u", (unsigned)e->block->K);
    plan_free(plan);
}

static void run_cached(void *context)
{
    const encoding *e = context;
    block *b = e->block;
    block_solve(b, b->plan, b->inputs, &e->outputs, e->repairs);
}

static void run_cold(void *context)
{
    run_plan(context);
    run_cached(context);
}

static void run_emit(void *context)
{
    const encoding *e = context;
    block_emit(e->block, e->solution, &e->outputs, e->repairs);
}

/* The first `count` repair symbols. */
static void set_repairs(encoding *e, uint32_t count)
{
    uint32_t *esis = make_array(count, sizeof *esis);
    for (uint32_t i = 0; i < count; i++)
        esis[i] = e->block->K + i;
    block_repairs(e->block, esis, count, &e->outputs);
    release_array(esis, count, sizeof *esis);
}

codec_encode codec_encode_measure(block *b, const block_solution *solution, uint32_t redundancy,
                                  double seconds)
{
    encoding e = {.block = b, .solution = solution};
    const measurement plan = {&e, NULL, run_plan, NULL}, cold = {&e, NULL, run_cold, NULL},
                      cached = {&e, NULL, run_cached, NULL}, emit = {&e, NULL, run_emit, NULL};
    codec_encode result;
    uint32_t count = b->K * (redundancy - 1);
    e.repairs = make_array(count, b->stride);
    if (!codec_outputs_begin(&e.outputs, count, &memory_system))
        fail("no memory for %u repair symbols", (unsigned)count);
    set_repairs(&e, count);
    result.all = measure(&cached, seconds);
    result.symbol = measure(&emit, seconds) / count;
    set_repairs(&e, 1);
    result.plan = measure(&plan, seconds);
    result.cold = measure(&cold, seconds);
    result.cached = measure(&cached, seconds);
    codec_outputs_free(&e.outputs);
    release_array(e.repairs, count, b->stride);
    return result;
}
