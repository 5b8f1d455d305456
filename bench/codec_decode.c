#include "codec_decode.h"

#include <string.h>

#include "fail.h"
#include "measure.h"
#include "random.h"

enum {
    SPARE = 16,    /* repair symbols for when the others depend on each other */
    FARTHEST = 16, /* from one ESI to the next */
};

typedef struct decoding {
    block *block;
    const block_solution *solution;
    random_stream random;
    uint32_t lost, surplus, capacity; /* capacity: of repair symbols */
    uint32_t *order;                  /* of the source symbols; the first `lost` are lost */
    uint8_t *have;                    /* flags of the source symbols */
    uint32_t *esis;                   /* of the repair symbols */
    codec_outputs making, missing;    /* making: repair symbols; missing: lost source symbols */
    uint8_t *repairs, *output;        /* rows; output's holes are to be filled */
    uint32_t *isis;
    const uint8_t **inputs;
    rq_plan *plan;
} decoding;

static void begin(decoding *d, block *b, const block_solution *solution, uint32_t percent)
{
    uint32_t lost = (uint32_t)((uint64_t)b->K * percent / 100);
    *d = (decoding){.block = b, .solution = solution, .random = {percent + 1}};
    d->lost = lost > 0 ? lost : 1;
    d->surplus = percent == DECODE_REPAIR_ONLY ? 2 : 0;
    d->capacity = d->lost + d->surplus + SPARE;
    d->order = make_array(b->K, sizeof *d->order);
    d->have = make_array(b->K, 1);
    d->esis = make_array(d->capacity, sizeof *d->esis);
    d->repairs = make_array(d->capacity, b->stride);
    d->output = make_array(b->K, b->stride);
    d->isis = make_array(b->K + d->capacity, sizeof *d->isis);
    d->inputs = make_array(b->K + d->capacity, sizeof *d->inputs);
    if (!codec_outputs_begin(&d->making, d->capacity, &memory_system))
        fail("no memory for %u repair symbols", (unsigned)d->capacity);
    memcpy(d->output, b->source, b->K * b->stride);
    for (uint32_t i = 0; i < b->K; i++)
        d->order[i] = i;
}

static void end(decoding *d)
{
    const block *b = d->block;
    release_array(d->order, b->K, sizeof *d->order);
    release_array(d->have, b->K, 1);
    release_array(d->esis, d->capacity, sizeof *d->esis);
    release_array(d->repairs, d->capacity, b->stride);
    release_array(d->output, b->K, b->stride);
    release_array(d->isis, b->K + d->capacity, sizeof *d->isis);
    release_array(d->inputs, b->K + d->capacity, sizeof *d->inputs);
    codec_outputs_free(&d->making);
}

/* Which symbols there are this time. */
static void choose(void *context)
{
    decoding *d = context;
    uint32_t K = d->block->K;
    random_choose(&d->random, d->order, K, d->lost);
    memset(d->have, 1, K);
    for (uint32_t i = 0; i < d->lost; i++)
        d->have[d->order[i]] = 0;
    uint32_t esi = K + random_below(&d->random, RQ_MAX_ESI - K - FARTHEST * d->capacity);
    for (uint32_t i = 0; i < d->capacity; i++, esi += 1 + random_below(&d->random, FARTHEST))
        d->esis[i] = esi;
}

static void choose_and_make(void *context)
{
    decoding *d = context;
    choose(d);
    block_repairs(d->block, d->esis, d->capacity, &d->making);
    block_emit(d->block, d->solution, &d->making, d->repairs);
    for (uint32_t i = 0; i < d->lost; i++)
        memset(d->output + d->order[i] * d->block->stride, 0xEE, d->block->stride);
}

/* Plans with all source symbols at hand and so many repair symbols, more where they depend on each
 * other, and lists them as inputs. */
static void run_plan(void *context)
{
    decoding *d = context;
    const block *b = d->block;
    uint32_t count = 0, used = d->lost + d->surplus;
    for (uint32_t i = 0; i < b->K; i++) {
        if (!d->have[i])
            continue;
        d->isis[count] = i;
        d->inputs[count++] = d->output + i * b->stride;
    }
    for (uint32_t i = 0; i < d->capacity; i++) {
        d->isis[count + i] = plan_isi(&b->code, b->K, d->esis[i]);
        d->inputs[count + i] = d->repairs + i * b->stride;
    }
    int status = RQ_ERROR_DECODE;
    for (; status == RQ_ERROR_DECODE && used <= d->capacity; used++)
        status = plan_create(b->K, d->isis, count + used, NULL, &d->plan, NULL);
    if (status != RQ_OK)
        fail("no decoder's plan for K = %u: %s", (unsigned)b->K, rq_error_name(status));
}

static void release_plan(void *context)
{
    decoding *d = context;
    plan_free(d->plan);
    d->plan = NULL;
}

static void run_all(void *context)
{
    decoding *d = context;
    block *b = d->block;
    run_plan(d);
    bool made = codec_outputs_begin(&d->missing, d->lost, &memory_system);
    for (uint32_t i = 0; made && i < b->K; i++)
        made = d->have[i] || codec_outputs_add(&d->missing, &b->code, i, i);
    if (!made)
        fail("no memory for %u lost symbols", (unsigned)d->lost);
    block_solve(b, d->plan, d->inputs, &d->missing, d->output);
    codec_outputs_free(&d->missing);
    release_plan(d);
}

static void check(void *context)
{
    const decoding *d = context;
    const block *b = d->block;
    for (uint32_t i = 0; i < b->K; i++) {
        if (memcmp(d->output + i * b->stride, b->source + i * b->stride, b->T) != 0)
            fail("K = %u, %u lost: source symbol %u came out wrong", (unsigned)b->K,
                 (unsigned)d->lost, (unsigned)i);
    }
}

codec_decode codec_decode_measure(block *b, const block_solution *solution, uint32_t percent,
                                  double seconds)
{
    decoding d;
    const measurement plan = {&d, choose, run_plan, release_plan};
    const measurement all = {&d, choose_and_make, run_all, check};
    begin(&d, b, solution, percent);
    codec_decode result = {.plan = measure(&plan, seconds), .all = measure(&all, seconds)};
    end(&d);
    return result;
}
