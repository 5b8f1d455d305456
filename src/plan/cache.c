#include "plan/cache.h"

#include "plan/shelf.h"

static void free_plan(void *plan)
{
    plan_free(plan);
}

static shelf plans = {PLAN_CACHE_SIZE, free_plan, PLATFORM_MUTEX_INITIALIZER, 0, 0, {{0}}};

/* A copy without the room that planning needed. */
static void keep_copy(const rq_plan *plan)
{
    uint64_t size = plan_size(plan);
    if (!shelf_reserve(&plans, size))
        return;
    rq_plan *copy = plan_copy(plan, &memory_system);
    if (copy)
        copy->shared = true;
    const void *kept =
        shelf_keep(&plans, plan->code.K_prime, copy, size, copy ? plan_size(copy) : 0);
    shelf_give_back(&plans, kept);
}

int plan_cache_get(uint32_t K_prime, const rq_allocator *allocator, const rq_plan **plan)
{
    *plan = shelf_take(&plans, K_prime);
    if (*plan)
        return RQ_OK;
    rq_plan *made = NULL;
    int status = plan_create_encoder(K_prime, allocator, &made);
    if (status == RQ_OK)
        keep_copy(made);
    *plan = made;
    return status;
}

void plan_cache_put(const rq_plan *plan)
{
    if (!plan)
        return;
    if (plan->shared)
        shelf_give_back(&plans, plan);
    else
        plan_free((rq_plan *)plan); /* made by plan_cache_get for this caller alone */
}
