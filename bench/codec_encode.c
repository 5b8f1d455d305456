#include "codec_encode.h"

#include "codec/contributions.h"
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

static void run_solve(void *context)
{
    const encoding *e = context;
    block *b = e->block;
    block_solve(b, b->plan, b->inputs, &e->outputs, e->repairs);
}

/* One symbol as rq_encoder makes it, of few source symbols. */
static void run_weighed(void *context)
{
    const encoding *e = context;
    const block *b = e->block;
    codec_contributions contributions;
    uint8_t octets[CODEC_FEW_SOURCES];
    if (!codec_contributions_begin(&contributions, b->plan, NULL, b->code.K_prime, &memory_system))
        fail("no memory for K = %u", (unsigned)b->K);
    codec_contributions_of(&contributions, plan_isi(&b->code, b->K, b->K), octets);
    codec_weigh(octets, b->inputs, b->K, 0, b->T, e->repairs);
    codec_contributions_free(&contributions);
}

/* The same of many. */
static void run_few(void *context)
{
    const encoding *e = context;
    block *b = e->block;
    codec_few few;
    uint32_t isi = plan_isi(&b->code, b->K, b->K);
    if (!codec_few_make(&few, b->plan, &isi, NULL, 1, &memory_system))
        fail("no memory for K = %u", (unsigned)b->K);
    block_few(b, &few, b->inputs, e->repairs);
    codec_few_free(&few);
}

static void run_one(void *context)
{
    const encoding *e = context;
    if (e->block->code.K_prime <= CODEC_FEW_SOURCES)
        run_weighed(context);
    else
        run_few(context);
}

static void run_cold(void *context)
{
    run_plan(context);
    run_one(context);
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
                      solve = {&e, NULL, run_solve, NULL}, one = {&e, NULL, run_one, NULL},
                      emit = {&e, NULL, run_emit, NULL};
    codec_encode result;
    uint32_t count = b->K * (redundancy - 1);
    e.repairs = make_array(count, b->stride);
    if (!codec_outputs_begin(&e.outputs, count, &memory_system))
        fail("no memory for %u repair symbols", (unsigned)count);
    set_repairs(&e, count);
    result.symbol = measure(&emit, seconds) / count;
    codec_outputs_arrange(&e.outputs); /* as the file pipeline does */
    result.all = measure(&solve, seconds);
    set_repairs(&e, 1);
    result.solve = measure(&solve, seconds);
    result.plan = measure(&plan, seconds);
    result.cold = measure(&cold, seconds);
    result.cached = measure(&one, seconds);
    codec_outputs_free(&e.outputs);
    release_array(e.repairs, count, b->stride);
    return result;
}
