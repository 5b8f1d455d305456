#include "memory/budget.h"

#include <stdatomic.h>

#include "platform/thread.h"

struct budget {
    platform_mutex mutex;
    platform_condition changed;
    uint64_t limit;
    uint64_t free;
    uint64_t next_ticket; /* callers are served in the order of their tickets, so that a large */
    uint64_t serving;     /* request is not passed by small ones for ever */
};

struct budget_lease {
    budget *owner;
    rq_allocator allocator;
    atomic_uint_fast64_t size; /* only grows */
    atomic_uint_fast64_t used; /* never above size */
    atomic_uint_fast64_t peak;
};

budget *budget_create(uint64_t limit)
{
    budget *self = memory_allocate(NULL, 1, sizeof *self);
    if (!self)
        return NULL;
    *self = (struct budget){.limit = limit, .free = limit};
    if (platform_mutex_init(&self->mutex) != 0)
        goto no_mutex;
    if (platform_condition_init(&self->changed) != 0)
        goto no_condition;
    return self;

no_condition:
    platform_mutex_destroy(&self->mutex);
no_mutex:
    memory_release(NULL, self, 1, sizeof *self);
    return NULL;
}

void budget_free(budget *self)
{
    if (!self)
        return;
    platform_condition_destroy(&self->changed);
    platform_mutex_destroy(&self->mutex);
    memory_release(NULL, self, 1, sizeof *self);
}

uint64_t budget_limit(const budget *self)
{
    return self->limit;
}

/* Adds cost to used and keeps the peak; false if it does not fit. */
static bool reserve(budget_lease *lease, uint64_t cost)
{
    uint_fast64_t used = atomic_load(&lease->used);
    do {
        if (cost > atomic_load(&lease->size) - used)
            return false;
    } while (!atomic_compare_exchange_weak(&lease->used, &used, used + cost));

    uint_fast64_t peak = atomic_load(&lease->peak);
    while (used + cost > peak && !atomic_compare_exchange_weak(&lease->peak, &peak, used + cost)) {
    }
    return true;
}

/* Takes what is lacking out of the budget, if it is free. */
static bool grow(budget_lease *lease, uint64_t cost)
{
    budget *all = lease->owner;
    platform_mutex_lock(&all->mutex);
    uint64_t available = lease_available(lease);
    uint64_t lacking = cost > available ? cost - available : 0;
    bool there = lacking <= all->free;
    if (there) {
        all->free -= lacking;
        atomic_fetch_add(&lease->size, lacking);
    }
    platform_mutex_unlock(&all->mutex);
    return there;
}

static void *lease_allocate(void *context, size_t size, size_t alignment)
{
    budget_lease *lease = context;
    uint64_t cost = memory_system_cost(size);
    if (size == 0)
        return NULL;
    /* Others may take what has been added: once more, then. */
    while (!reserve(lease, cost)) {
        if (!grow(lease, cost))
            return NULL;
    }
    void *memory = memory_system.allocate(NULL, size, alignment);
    if (!memory)
        atomic_fetch_sub(&lease->used, cost);
    return memory;
}

static void lease_release(void *context, void *memory, size_t size)
{
    budget_lease *lease = context;
    if (!memory)
        return;
    memory_system.release(NULL, memory, size);
    atomic_fetch_sub(&lease->used, memory_system_cost(size));
}

static uint64_t take(budget *self, uint64_t smallest, uint64_t comfortable)
{
    platform_mutex_lock(&self->mutex);
    uint64_t ticket = self->next_ticket++;
    while (self->serving != ticket || self->free < smallest)
        platform_condition_wait(&self->changed, &self->mutex);
    uint64_t size = comfortable < self->free ? comfortable : self->free;
    if (size < smallest)
        size = smallest;
    self->free -= size;
    self->serving++;
    platform_condition_broadcast(&self->changed);
    platform_mutex_unlock(&self->mutex);
    return size;
}

budget_lease *budget_acquire(budget *self, uint64_t smallest, uint64_t comfortable)
{
    if (smallest > self->limit)
        return NULL;
    budget_lease *lease = memory_allocate(NULL, 1, sizeof *lease);
    if (!lease)
        return NULL;
    lease->owner = self;
    lease->allocator = (rq_allocator){lease, lease_allocate, lease_release};
    atomic_init(&lease->used, 0);
    atomic_init(&lease->peak, 0);
    atomic_init(&lease->size, take(self, smallest, comfortable));
    return lease;
}

void budget_return(budget_lease *lease)
{
    if (!lease)
        return;
    budget *self = lease->owner;
    platform_mutex_lock(&self->mutex);
    self->free += atomic_load(&lease->size);
    platform_condition_broadcast(&self->changed);
    platform_mutex_unlock(&self->mutex);
    memory_release(NULL, lease, 1, sizeof *lease);
}

uint64_t lease_size(const budget_lease *lease)
{
    return atomic_load(&lease->size);
}

uint64_t lease_available(const budget_lease *lease)
{
    uint64_t used = atomic_load(&lease->used); /* first: the size only grows */
    return atomic_load(&lease->size) - used;
}

uint64_t lease_peak(const budget_lease *lease)
{
    return atomic_load(&lease->peak);
}

const rq_allocator *lease_allocator(budget_lease *lease)
{
    return &lease->allocator;
}
