#include "crew/crew.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "platform/thread.h"

typedef struct member {
    crew *crew;
    platform_thread thread;
    uint32_t worker;
} member;

struct crew {
    const rq_allocator *allocator;
    uint32_t capacity; /* of members */
    uint32_t started;  /* the caller is worker 0, member i is worker i + 1 */
    uint32_t active;   /* workers from this one on sit idle */

    platform_mutex mutex;
    platform_condition begun, ended;
    uint64_t batch; /* counts batches, so that a member takes part in each at most once */
    bool open;      /* a member that wakes up too late for a batch does not hold it up */
    bool closing;
    uint32_t busy; /* members inside the open batch */

    crew_task task;
    void *context;
    size_t count;
    atomic_size_t next;
    atomic_int failure;

    member *members; /* NULL for a crew of one */
};

static void work(crew *all, uint32_t worker)
{
    while (atomic_load(&all->failure) == 0) {
        size_t index = atomic_fetch_add(&all->next, 1);
        if (index >= all->count)
            return;
        int result = all->task(all->context, index, worker);
        if (result != 0) {
            int none = 0;
            atomic_compare_exchange_strong(&all->failure, &none, result);
        }
    }
}

static void member_run(void *argument)
{
    const member *self = argument;
    crew *all = self->crew;
    uint64_t seen = 0;
    platform_mutex_lock(&all->mutex);
    for (;;) {
        while (!all->closing && (!all->open || all->batch == seen || self->worker >= all->active))
            platform_condition_wait(&all->begun, &all->mutex);
        if (all->closing)
            break;
        seen = all->batch;
        all->busy++;
        platform_mutex_unlock(&all->mutex);
        work(all, self->worker);
        platform_mutex_lock(&all->mutex);
        if (--all->busy == 0)
            platform_condition_signal(&all->ended);
    }
    platform_mutex_unlock(&all->mutex);
}

static int init_locks(crew *all)
{
    int failure = platform_mutex_init(&all->mutex);
    if (failure != 0)
        return failure;
    failure = platform_condition_init(&all->begun);
    if (failure != 0)
        goto no_begun;
    failure = platform_condition_init(&all->ended);
    if (failure != 0)
        goto no_ended;
    return 0;

no_ended:
    platform_condition_destroy(&all->begun);
no_begun:
    platform_mutex_destroy(&all->mutex);
    return failure;
}

static void start_members(crew *all)
{
    for (uint32_t i = 0; i < all->capacity; i++) {
        member *next = &all->members[i];
        next->crew = all;
        next->worker = i + 1;
        if (platform_thread_start(&next->thread, member_run, next) != 0)
            return;
        all->started++;
    }
}

crew *crew_create(uint32_t workers, const rq_allocator *allocator)
{
    uint32_t capacity = workers > 0 ? workers - 1 : 0;
    crew *all = memory_allocate(allocator, 1, sizeof *all);
    if (!all)
        return NULL;
    *all = (struct crew){.allocator = allocator, .capacity = capacity};
    if (capacity > 0 && !(all->members = memory_allocate(allocator, capacity, sizeof(member))))
        goto no_members;
    if (init_locks(all) != 0)
        goto no_locks;
    all->active = capacity + 1;
    start_members(all);
    return all;

no_locks:
    memory_release(allocator, all->members, capacity, sizeof(member));
no_members:
    memory_release(allocator, all, 1, sizeof *all);
    return NULL;
}

uint32_t crew_size(const crew *all)
{
    return all->started + 1;
}

void crew_use(crew *all, uint32_t workers)
{
    platform_mutex_lock(&all->mutex);
    all->active = workers;
    platform_mutex_unlock(&all->mutex);
}

int crew_run(crew *all, size_t count, crew_task task, void *context)
{
    bool together = all->started > 0 && all->active > 1 && count > 1;
    platform_mutex_lock(&all->mutex);
    all->task = task;
    all->context = context;
    all->count = count;
    atomic_store(&all->next, 0);
    atomic_store(&all->failure, 0);
    all->batch++;
    all->open = together;
    if (together)
        platform_condition_broadcast(&all->begun);
    platform_mutex_unlock(&all->mutex);

    work(all, 0);

    platform_mutex_lock(&all->mutex);
    all->open = false;
    while (all->busy > 0)
        platform_condition_wait(&all->ended, &all->mutex);
    platform_mutex_unlock(&all->mutex);
    return atomic_load(&all->failure);
}

void crew_free(crew *all)
{
    if (!all)
        return;
    platform_mutex_lock(&all->mutex);
    all->closing = true;
    platform_condition_broadcast(&all->begun);
    platform_mutex_unlock(&all->mutex);
    for (uint32_t i = 0; i < all->started; i++)
        platform_thread_join(all->members[i].thread);
    platform_condition_destroy(&all->ended);
    platform_condition_destroy(&all->begun);
    platform_mutex_destroy(&all->mutex);
    memory_release(all->allocator, all->members, all->capacity, sizeof(member));
    memory_release(all->allocator, all, 1, sizeof *all);
}
