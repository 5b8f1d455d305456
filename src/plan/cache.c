#include "plan/cache.h"

#include "platform/thread.h"

enum { ENTRIES = 16 };

typedef struct entry {
    rq_plan *plan; /* NULL: free */
    uint32_t users;
    uint64_t last_use;
} entry;

static platform_mutex cache_mutex = PLATFORM_MUTEX_INITIALIZER;
static entry entries[ENTRIES];
static uint64_t uses, bytes;

/* With the mutex held. */
static entry *find(uint32_t K_prime)
{
    for (int i = 0; i < ENTRIES; i++) {
        if (entries[i].plan && entries[i].plan->code.K_prime == K_prime)
            return &entries[i];
    }
    return NULL;
}

/* With the mutex held: an entry that is free once `size` more bytes fit, or NULL. Plans nobody uses
 * go, those longest unused first. */
static entry *make_room(uint64_t size)
{
    for (;;) {
        entry *free_entry = NULL, *oldest = NULL;
        for (int i = 0; i < ENTRIES; i++) {
            entry *e = &entries[i];
            if (!e->plan)
                free_entry = e;
            else if (e->users == 0 && (!oldest || e->last_use < oldest->last_use))
                oldest = e;
        }
        if (free_entry && bytes + size <= PLAN_CACHE_SIZE)
            return free_entry;
        if (!oldest || size > PLAN_CACHE_SIZE)
            return NULL;
        bytes -= plan_size(oldest->plan);
        plan_free(oldest->plan);
        oldest->plan = NULL;
    }
}

static const rq_plan *look_up(uint32_t K_prime)
{
    platform_mutex_lock(&cache_mutex);
    entry *e = find(K_prime);
    if (e) {
        e->users++;
        e->last_use = ++uses;
    }
    platform_mutex_unlock(&cache_mutex);
    return e ? e->plan : NULL;
}

/* Keeps a copy, unless another thread was faster or there is no room. The lock is held while it is
 * copied, so that there is never more than the cache may have. */
static void keep_copy(const rq_plan *plan)
{
    platform_mutex_lock(&cache_mutex);
    entry *e = find(plan->code.K_prime) ? NULL : make_room(plan_size(plan));
    rq_plan *copy = e ? plan_copy(plan, &memory_system) : NULL;
    if (copy) {
        copy->shared = true;
        *e = (entry){copy, 0, ++uses};
        bytes += plan_size(copy);
    }
    platform_mutex_unlock(&cache_mutex);
}

int plan_cache_get(uint32_t K_prime, const rq_allocator *allocator, const rq_plan **plan)
{
    *plan = look_up(K_prime);
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
    if (!plan->shared) {
        plan_free((rq_plan *)plan); /* made by plan_cache_get for this caller alone */
        return;
    }
    platform_mutex_lock(&cache_mutex);
    entry *e = find(plan->code.K_prime);
    if (e && e->plan == plan)
        e->users--;
    platform_mutex_unlock(&cache_mutex);
}
