/* src/crew: every task once, stops, many batches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crew/crew.h"

enum { TASKS = 5000, WORKERS = 4 };

typedef struct tally {
    unsigned plain[TASKS]; /* not atomic: a task that ran twice at a time would be a race */
    uint64_t by_worker[WORKERS];
    atomic_size_t begun;
    size_t stop_at;
    int stop_with;
} tally;

static int count_task(void *context, size_t index, uint32_t worker)
{
    tally *all = context;
    atomic_fetch_add(&all->begun, 1);
    all->plain[index]++;
    all->by_worker[worker]++;
    return index == all->stop_at ? all->stop_with : 0;
}

static tally *new_tally(void)
{
    tally *all = calloc(1, sizeof *all);
    assert_non_null(all);
    all->stop_at = SIZE_MAX;
    return all;
}

static void each_task_once(void **state)
{
    (void)state;
    for (uint32_t workers = 0; workers <= WORKERS; workers++) {
        crew *all = crew_create(workers, NULL);
        assert_non_null(all);
        assert_in_range(crew_size(all), 1, workers ? workers : 1);
        tally *seen = new_tally();
        assert_int_equal(crew_run(all, TASKS, count_task, seen), 0);
        uint64_t done = 0;
        for (size_t i = 0; i < TASKS; i++)
            assert_int_equal(seen->plain[i], 1);
        for (size_t i = 0; i < WORKERS; i++)
            done += seen->by_worker[i];
        assert_int_equal(done, TASKS);
        free(seen);
        crew_free(all);
    }
}

static void many_small_batches(void **state)
{
    (void)state;
    crew *all = crew_create(WORKERS, NULL);
    assert_non_null(all);
    tally *seen = new_tally();
    for (unsigned batch = 0; batch < 20000; batch++)
        assert_int_equal(crew_run(all, batch % 7, count_task, seen), 0);
    for (size_t i = 0; i < 6; i++)
        assert_in_range(seen->plain[i], 20000 * (6 - i) / 7 - 3, 20000 * (6 - i) / 7 + 3);
    free(seen);
    crew_free(all);
}

static void a_failure_stops(void **state)
{
    (void)state;
    for (uint32_t workers = 1; workers <= WORKERS; workers++) {
        crew *all = crew_create(workers, NULL);
        assert_non_null(all);
        tally *seen = new_tally();
        seen->stop_at = 10;
        seen->stop_with = -15;
        assert_int_equal(crew_run(all, TASKS, count_task, seen), -15);
        assert_int_equal(seen->plain[10], 1);
        if (workers == 1)
            assert_int_equal(atomic_load(&seen->begun), 11);
        for (size_t i = 0; i < atomic_load(&seen->begun); i++) /* begun in order, none twice */
            assert_int_equal(seen->plain[i], 1);

        seen->stop_at = SIZE_MAX; /* the next batch is not affected */
        assert_int_equal(crew_run(all, 1, count_task, seen), 0);
        free(seen);
        crew_free(all);
    }
}

static int fail_always(void *context, size_t index, uint32_t worker)
{
    (void)context, (void)worker;
    return (int)index + 1;
}

static void the_first_failure_counts(void **state)
{
    (void)state;
    crew *all = crew_create(1, NULL);
    assert_int_equal(crew_run(all, 5, fail_always, NULL), 1);
    crew_free(all);
    crew_free(NULL);
}

static void *no_memory(void *context, size_t size, size_t alignment)
{
    size_t *left = context;
    return (*left)-- > 0 ? aligned_alloc(alignment, (size + alignment - 1) & ~(alignment - 1))
                         : NULL;
}

static void give_back(void *context, void *memory, size_t size)
{
    (void)context, (void)size;
    free(memory);
}

static void refused_memory(void **state)
{
    (void)state;
    for (size_t granted = 0; granted < 2; granted++) {
        size_t left = granted;
        rq_allocator allocator = {&left, no_memory, give_back};
        assert_null(crew_create(WORKERS, &allocator));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_once),  cmocka_unit_test(many_small_batches),
        cmocka_unit_test(a_failure_stops), cmocka_unit_test(the_first_failure_counts),
        cmocka_unit_test(refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
