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
    codec_outputs making;             /* repair symbols */
    uint8_t *repairs, *output;        /* rows; output's holes are to be filled */
    uint32_t *received, *missing;     /* ESIs */
    const uint8_t **rows, **inputs;   /* of what is received; as the recovery wants them */
    codec_recovery recovery;
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
    d->received = make_array(b->K + d->capacity, sizeof *d->received);
    d->missing = make_array(d->lost, sizeof *d->missing);
    d->rows = make_array(b->K + d->capacity, sizeof *d->rows);
    d->inputs = make_array(b->code.K_prime + d->capacity, sizeof *d->inputs);
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
    release_array(d->received, b->K + d->capacity, sizeof *d->received);
    release_array(d->missing, d->lost, sizeof *d->missing);
    release_array(d->rows, b->K + d->capacity, sizeof *d->rows);
    release_array(d->inputs, b->code.K_prime + d->capacity, sizeof *d->inputs);
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

/* Works out the recovery from all source symbols at hand and so many repair symbols, more where
 * they depend on each other. */
static void run_plan(void *context)
{
    decoding *d = context;
    const block *b = d->block;
    uint32_t count = 0, missing = 0, more, used = d->lost + d->surplus;
    for (uint32_t i = 0; i < b->K; i++) {
        if (!d->have[i]) {
            d->missing[missing++] = i;
            continue;
        }
        d->received[count] = i;
        d->rows[count++] = d->output + i * b->stride;
    }
    for (uint32_t i = 0; i < d->capacity; i++) {
        d->received[count + i] = d->esis[i];
        d->rows[count + i] = d->repairs + i * b->stride;
    }
    int status = RQ_ERROR_DECODE;
    for (; status == RQ_ERROR_DECODE && used <= d->capacity; used++) {
        status = codec_recovery_make(&d->recovery, b->K, d->received, count + used, d->missing,
                                     missing, &memory_system, NULL, &more);
        if (status == RQ_ERROR_DECODE)
            codec_recovery_free(&d->recovery);
    }
    if (status != RQ_OK)
        fail("nothing recovers K = %u: %s", (unsigned)b->K, rq_error_name(status));
}

static void release_plan(void *context)
{
    decoding *d = context;
    codec_recovery_free(&d->recovery);
}

static void run_all(void *context)
{
    decoding *d = context;
    run_plan(d);
    for (uint32_t i = 0; i < d->recovery.input_count; i++) {
        uint32_t from = d->recovery.input_of[i];
        d->inputs[i] = from == CODEC_NOTHING ? NULL : d->rows[from];
    }
    block_recover(d->block, &d->recovery, d->inputs, d->output);
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
