#include "object/choose.h"

#include "plan/cache.h"

static void look(choice *c, const examination *x, uint32_t sbn)
{
    size_t first = examine_lower_bound(x, sbn << 24);
    rfc6330_partition blocks = rfc6330_source_blocks(&x->oti);
    *c = (choice){.K = rfc6330_partition_size(&blocks, sbn), .findings = x->findings + first};
    c->count = examine_lower_bound(x, (sbn + 1) << 24) - first;
    for (size_t i = 0; i < c->count; i++)
        c->distinct += !choice_is_double(c, i);
}

/* Source symbols come first, so the K-th symbol tells whether they are all there. */
static bool has_all_sources(const choice *c)
{
    size_t i = 0;
    uint32_t esi = 0;
    for (; i < c->count && esi < c->K; i++) {
        if (choice_is_double(c, i))
            continue;
        if (choice_esi(c, i) != esi++)
            return false;
    }
    return esi == c->K;
}

/* The first `inputs` symbols: their places, and where isis is not NULL, their internal ids. */
static void take(choice *c, const rfc6330_code *code, uint32_t *isis)
{
    uint32_t taken = 0;
    for (size_t i = 0; taken < c->inputs; i++) {
        if (choice_is_double(c, i))
            continue;
        c->places[taken] = finding_place(c->findings[i]);
        if (isis)
            isis[taken] = plan_isi(code, c->K, choice_esi(c, i));
        taken++;
    }
}

static bool reserve(choice *c, const rq_allocator *a, uint32_t inputs)
{
    memory_release(a, c->places, c->capacity, sizeof *c->places);
    c->inputs = c->capacity = inputs;
    c->places = memory_allocate(a, inputs, sizeof *c->places);
    return c->places != NULL;
}

/* One attempt to plan with the first `inputs` symbols. */
static int plan(choice *c, const rfc6330_code *code, job *job, uint32_t inputs)
{
    const rq_allocator *a = job->allocator;
    plan_watch watch = job_watch(job);
    rq_plan *made = NULL;
    uint32_t *isis = memory_allocate(a, inputs, sizeof *isis);
    int status = RQ_ERROR_MEMORY;
    if (isis && reserve(c, a, inputs)) {
        take(c, code, isis);
        status = plan_create(c->K, isis, inputs, a, &watch, &made, &c->lacking);
    }
    memory_release(a, isis, inputs, sizeof *isis);
    c->plan = made;
    return status;
}

/* K symbols nearly always do; where they depend on each other, some more. Their number doubles, so
 * that symbols chosen in malice are not planned with one by one. */
static int plan_with_more(choice *c, const rfc6330_code *code, job *job)
{
    for (uint32_t inputs = c->K;;) {
        int status = plan(c, code, job, inputs);
        if (status != RQ_ERROR_DECODE || inputs == c->distinct)
            return status == RQ_ERROR_DECODE ? RQ_OK : status;
        uint32_t extra = inputs - c->K, left = c->distinct - inputs;
        uint32_t more = extra > c->lacking ? extra : c->lacking;
        inputs += more < left ? more : left;
    }
}

static int choose_symbols(choice *c, const examination *x, uint32_t sbn, bool with_plan)
{
    const rq_allocator *a = x->job->allocator;
    rfc6330_code code;
    look(c, x, sbn);
    if (!rfc6330_code_for(c->K, &code))
        return RQ_ERROR_PARAMETER;
    if (c->distinct < c->K) {
        c->lacking = c->K - c->distinct;
        return RQ_OK;
    }
    if (!has_all_sources(c))
        return plan_with_more(c, &code, x->job);
    if (!with_plan)
        return RQ_OK;
    if (!reserve(c, a, c->K))
        return RQ_ERROR_MEMORY;
    take(c, &code, NULL);
    return plan_cache_get(code.K_prime, a, &c->plan);
}

int choose(choice *c, const examination *x, uint32_t sbn, bool with_plan)
{
    int status = choose_symbols(c, x, sbn, with_plan);
    if (status == RQ_OK || status == RQ_ERROR_CANCELLED)
        return status;
    return job_fail_memory(x->job, "the plan of a source block");
}

void choice_free(choice *c, const examination *x)
{
    memory_release(x->job->allocator, c->places, c->capacity, sizeof *c->places);
    plan_cache_put(c->plan);
    *c = (choice){0};
}
