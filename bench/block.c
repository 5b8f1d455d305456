#include "block.h"

#include <string.h>

#include "fail.h"
#include "random.h"

rq_plan *block_plan(const block *b)
{
    const uint32_t K_prime = b->code.K_prime;
    uint32_t *isis = make_array(K_prime, sizeof *isis);
    for (uint32_t i = 0; i < K_prime; i++)
        isis[i] = i;
    rq_plan *plan;
    if (plan_create(K_prime, isis, K_prime, NULL, NULL, &plan, NULL) != RQ_OK)
        fail("no plan for K = %u", (unsigned)b->K);
    release_array(isis, K_prime, sizeof *isis);
    return plan;
}

/* Rows a multiple of 4 KiB apart would meet in the same few sets of the caches. */
static size_t row_stride(uint32_t T)
{
    size_t stride = (T + GF256_UNIT - 1) / GF256_UNIT * GF256_UNIT;
    return stride % 4096 == 0 ? stride + GF256_UNIT : stride;
}

void block_begin(block *b, uint32_t K, uint32_t T, uint32_t threads)
{
    *b = (block){.K = K, .T = T, .threads = threads};
    b->stride = row_stride(T);
    rq_oti oti = {.F = (uint64_t)K * T, .T = (uint16_t)T, .Z = 1, .N = 1, .Al = T % 8 ? 1 : 8};
    rfc6330_code_for(K, &b->code);
    b->strips = codec_strips_of(&oti, codec_strip_width(K));
    b->crew = crew_create(threads, &memory_system);
    if (!b->crew || crew_size(b->crew) < threads)
        fail("cannot start %u threads", (unsigned)threads);
    if (rq_plan_encode(b->code.K_prime, NULL, &b->plan) != RQ_OK)
        fail("no plan for K = %u", (unsigned)K);
    b->source = make_array(K, b->stride);
    random_stream random = {K};
    random_fill(&random, b->source, K * b->stride);
    b->inputs = make_array(b->code.K_prime, sizeof *b->inputs);
    for (uint32_t i = 0; i < b->code.K_prime; i++)
        b->inputs[i] = i < K ? b->source + i * b->stride : NULL;
    b->workspaces = make_array(threads, sizeof *b->workspaces);
    memset(b->workspaces, 0, threads * sizeof *b->workspaces);
}

static void release_workspaces(block *b)
{
    for (uint32_t i = 0; i < b->threads; i++)
        release_array(b->workspaces[i], b->workspace_size, 1);
}

void block_end(block *b)
{
    release_workspaces(b);
    release_array(b->workspaces, b->threads, sizeof *b->workspaces);
    release_array(b->inputs, b->code.K_prime, sizeof *b->inputs);
    release_array(b->source, b->K, b->stride);
    plan_free(b->plan);
    crew_free(b->crew);
}

static size_t widest_workspace(const rq_plan *plan, const codec_strips *strips)
{
    size_t widest = 0;
    for (uint32_t i = 0; i < strips->count; i++) {
        size_t size = (size_t)codec_workspace_size(plan, codec_strip_at(strips, i).width);
        widest = size > widest ? size : widest;
    }
    return widest;
}

/* Workspaces grow and stay, as they would where a pipeline does block after block. */
static void reserve_workspaces(block *b, size_t size)
{
    if (size <= b->workspace_size)
        return;
    release_workspaces(b);
    b->workspace_size = size + size / 8;
    for (uint32_t i = 0; i < b->threads; i++) {
        b->workspaces[i] = make_array(b->workspace_size, 1);
        memset(b->workspaces[i], 0, b->workspace_size); /* touch it */
    }
}

typedef struct solving {
    block *block;
    const rq_plan *plan;
    const uint8_t *const *inputs;
    const codec_outputs *outputs;
    uint8_t *destinations;
} solving;

static int solve_task(void *context, size_t index, uint32_t worker)
{
    const solving *s = context;
    codec_strip strip = codec_strip_at(&s->block->strips, (uint32_t)index);
    uint8_t *workspace = s->block->workspaces[worker];
    codec_solve(s->plan, s->inputs, strip.column, strip.width, workspace);
    gf256_coming coming =
        codec_coming(&strip, s->inputs, s->block->K, strip.column, s->block->threads);
    codec_emit_far(s->outputs, workspace, strip.width,
                   s->destinations + (size_t)s->outputs->count * strip.padded_start, &coming);
    return 0;
}

void block_solve(block *b, const rq_plan *plan, const uint8_t *const *inputs,
                 const codec_outputs *outputs, uint8_t *destinations)
{
    solving s = {b, plan, inputs, outputs, destinations};
    reserve_workspaces(b, widest_workspace(plan, &b->strips));
    crew_run(b->crew, b->strips.count, solve_task, &s);
}

typedef struct making_few {
    block *block;
    const codec_few *few;
    const uint8_t *const *inputs;
    uint8_t *destinations;
} making_few;

static int few_task(void *context, size_t index, uint32_t worker)
{
    const making_few *m = context;
    codec_strip strip = codec_strip_at(&m->block->strips, (uint32_t)index);
    codec_few_run(m->few, m->inputs, strip.column, strip.width, m->block->workspaces[worker],
                  m->destinations + strip.column, m->block->stride, strip.width);
    return 0;
}

void block_few(block *b, const codec_few *few, const uint8_t *const *inputs, uint8_t *destinations)
{
    making_few m = {b, few, inputs, destinations};
    reserve_workspaces(b, widest_workspace(few->plan, &b->strips));
    crew_run(b->crew, b->strips.count, few_task, &m);
}

typedef struct recovering {
    block *block;
    const codec_recovery *recovery;
    const uint8_t *const *inputs;
    uint8_t *destinations;
} recovering;

static int recover_task(void *context, size_t index, uint32_t worker)
{
    const recovering *r = context;
    codec_strip strip = codec_strip_at(&r->block->strips, (uint32_t)index);
    codec_recovery_run(r->recovery, r->inputs, strip.column, strip.width,
                       r->block->workspaces[worker], r->destinations + strip.column,
                       r->block->stride);
    return 0;
}

void block_recover(block *b, const codec_recovery *recovery, const uint8_t *const *inputs,
                   uint8_t *destinations)
{
    recovering r = {b, recovery, inputs, destinations};
    size_t widest = 0;
    for (uint32_t i = 0; i < b->strips.count; i++) {
        uint32_t width = codec_strip_at(&b->strips, i).width;
        size_t size = (size_t)codec_recovery_workspace_size(recovery, width);
        widest = size > widest ? size : widest;
    }
    reserve_workspaces(b, widest);
    crew_run(b->crew, b->strips.count, recover_task, &r);
}

void block_solution_begin(block_solution *solution, block *b)
{
    const codec_strips *strips = &b->strips;
    solution->widest = widest_workspace(b->plan, strips);
    solution->size = solution->widest * strips->count;
    solution->rows = make_array(solution->size, 1);
    for (uint32_t i = 0; i < strips->count; i++) {
        codec_strip strip = codec_strip_at(strips, i);
        codec_solve(b->plan, b->inputs, strip.column, strip.width,
                    solution->rows + i * solution->widest);
    }
}

void block_solution_end(block_solution *solution)
{
    release_array(solution->rows, solution->size, 1);
}

typedef struct emitting {
    const block *block;
    const block_solution *solution;
    const codec_outputs *outputs;
    uint8_t *destinations;
} emitting;

static int emit_task(void *context, size_t index, uint32_t worker)
{
    const emitting *e = context;
    codec_strip strip = codec_strip_at(&e->block->strips, (uint32_t)index);
    (void)worker;
    codec_emit(e->outputs, 0, e->outputs->count, e->solution->rows + index * e->solution->widest,
               strip.width, e->destinations + strip.column, e->block->stride);
    return 0;
}

void block_emit(block *b, const block_solution *solution, const codec_outputs *outputs,
                uint8_t *destinations)
{
    emitting e = {b, solution, outputs, destinations};
    crew_run(b->crew, b->strips.count, emit_task, &e);
}

void block_repairs(const block *b, const uint32_t *esis, uint32_t count, codec_outputs *outputs)
{
    codec_outputs_clear(outputs);
    for (uint32_t i = 0; i < count; i++) {
        if (!codec_outputs_add(outputs, &b->code, plan_isi(&b->code, b->K, esis[i]), i))
            fail("no memory for %u repair symbols", (unsigned)count);
    }
}

double block_rate(const block *b, double seconds)
{
    return (double)b->K * b->T / seconds * 1e-9;
}
