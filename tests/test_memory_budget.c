/* src/memory: the system's memory, leases and their ceiling, waiting in order. Also src/error. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "error/error.h"
#include "memory/budget.h"
#include "memory/memory.h"
#include "platform/system.h"
#include "platform/thread.h"

#define MIB ((size_t)1 << 20)

static void pieces_of(const rq_allocator *allocator)
{
    static const size_t sizes[] = {1,       63,          64,      4096,
                                   MIB - 1, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1,
                                   5 * MIB, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *memory = memory_allocate(allocator, sizes[i], 1);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % MEMORY_ALIGNMENT, 0);
        memset(memory, 0xa5, sizes[i]);
        assert_true(memory_system_cost(sizes[i]) >= sizes[i]);
        assert_true(memory_system_cost(sizes[i]) <= sizes[i] + platform_page_size());
        memory_release(allocator, memory, sizes[i], 1);
    }
}

static void system_memory(void **state)
{
    (void)state;
    pieces_of(&memory_system);
    pieces_of(NULL);
    assert_null(memory_allocate(NULL, 0, 8));
    assert_null(memory_allocate(NULL, 8, 0));
    assert_null(memory_allocate(NULL, SIZE_MAX / 2, 3));
    assert_null(memory_allocate(NULL, SIZE_MAX - 5, 1));
    assert_true(memory_system_cost(SIZE_MAX) >= SIZE_MAX);
    memory_release(NULL, NULL, 1, 1);
}

static void checked_arithmetic(void **state)
{
    (void)state;
    uint64_t out = 7;
    assert_true(memory_add(UINT64_MAX, 0, &out));
    assert_false(memory_add(UINT64_MAX, 1, &out));
}

static void a_lease_is_a_ceiling(void **state)
{
    (void)state;
    budget *all = budget_create(16 * MIB); /* large pieces: they cost what they hold */
    assert_int_equal(budget_limit(all), 16 * MIB);
    assert_null(budget_acquire(all, 16 * MIB + 1, 16 * MIB + 1));
    budget_lease *lease = budget_acquire(all, 2 * MIB, 6 * MIB);
    assert_int_equal(lease_size(lease), 6 * MIB);
    budget_lease *rest = budget_acquire(all, 0, UINT64_MAX);
    assert_int_equal(lease_size(rest), 10 * MIB);
    const rq_allocator *allocator = lease_allocator(lease);

    void *four = memory_allocate(allocator, 2, 2 * MIB);
    assert_non_null(four);
    assert_int_equal(lease_available(lease), 2 * MIB);
    assert_null(memory_allocate(allocator, 2 * MIB + 1, 1));
    void *two = memory_allocate(allocator, 2 * MIB, 1);
    assert_non_null(two);
    assert_int_equal(lease_available(lease), 0);
    assert_null(memory_allocate(allocator, 1, 1));
    assert_null(memory_allocate(allocator, SIZE_MAX, 1));
    memory_release(allocator, four, 2, 2 * MIB);
    memory_release(allocator, two, 2 * MIB, 1);
    assert_int_equal(lease_available(lease), 6 * MIB);
    assert_int_equal(lease_peak(lease), 6 * MIB);

    budget_return(rest);
    budget_return(lease);
    budget_free(all);
}

static void a_lease_grows_into_what_is_free(void **state)
{
    (void)state;
    budget *all = budget_create(16 * MIB);
    budget_lease *lease = budget_acquire(all, 4 * MIB, 4 * MIB);
    budget_lease *other = budget_acquire(all, 4 * MIB, 4 * MIB);
    const rq_allocator *allocator = lease_allocator(lease);
    void *three = memory_allocate(allocator, 3, MIB);
    void *five = memory_allocate(allocator, 5, MIB);
    assert_true(three && five);
    assert_int_equal(lease_size(lease), 8 * MIB);
    assert_null(memory_allocate(allocator, 8 * MIB + 1, 1)); /* of which 4 are the other's */
    assert_int_equal(lease_size(lease), 8 * MIB);
    void *four = memory_allocate(allocator, 4, MIB);
    assert_non_null(four);
    assert_int_equal(lease_size(lease), 12 * MIB);
    budget_return(other);
    memory_release(allocator, three, 3, MIB);
    memory_release(allocator, five, 5, MIB);
    memory_release(allocator, four, 4, MIB);
    assert_int_equal(lease_available(lease), 12 * MIB);
    assert_int_equal(lease_peak(lease), 12 * MIB);
    budget_return(lease);
    lease = budget_acquire(all, 16 * MIB, 16 * MIB); /* all is back */
    budget_return(lease);
    budget_free(all);
}

static void small_pieces_count_whole(void **state)
{
    (void)state;
    budget *all = budget_create(64 * 1024);
    budget_lease *lease = budget_acquire(all, 64 * 1024, 64 * 1024);
    void *pieces[1024];
    size_t count = 0;
    while (count < 1024 && (pieces[count] = memory_allocate(lease_allocator(lease), 1, 1)))
        count++;
    assert_in_range(count, 1, 1024); /* 64 bytes each, not one */
    assert_true(lease_peak(lease) <= 64 * 1024);
    while (count-- > 0)
        memory_release(lease_allocator(lease), pieces[count], 1, 1);
    assert_int_equal(lease_available(lease), 64 * 1024);
    budget_return(lease);
    budget_free(all);
}

/* ---- threads ---- */

typedef struct contest {
    budget *all;
    atomic_uint_fast64_t held, most;
    atomic_int refused;
} contest;

static void compete(void *context)
{
    contest *shared = context;
    for (int i = 0; i < 500; i++) {
        budget_lease *lease = budget_acquire(shared->all, 1000 + (uint64_t)i % 3000, 6000);
        uint64_t held = atomic_fetch_add(&shared->held, lease_size(lease)) + lease_size(lease);
        uint64_t most = atomic_load(&shared->most);
        while (held > most && !atomic_compare_exchange_weak(&shared->most, &most, held)) {
        }
        void *memory = memory_allocate(lease_allocator(lease), 1, 500);
        if (memory)
            memory_release(lease_allocator(lease), memory, 1, 500);
        else
            atomic_fetch_add(&shared->refused, 1);
        atomic_fetch_sub(&shared->held, lease_size(lease));
        budget_return(lease);
    }
}

static void leases_together_stay_below(void **state)
{
    (void)state;
    contest shared = {.all = budget_create(10000)};
    platform_thread threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(platform_thread_start(&threads[i], compete, &shared), 0);
    for (int i = 0; i < 4; i++)
        platform_thread_join(threads[i]);
    assert_true(atomic_load(&shared.most) <= 10000);
    assert_int_equal(atomic_load(&shared.refused), 0);
    budget_lease *whole = budget_acquire(shared.all, 10000, 10000);
    assert_non_null(whole); /* everything came back */
    budget_return(whole);
    budget_free(shared.all);
}

typedef struct queue {
    budget *all;
    atomic_int coming, turn; /* how many have asked, and been served */
} queue;

typedef struct customer {
    queue *line;
    uint64_t size;
    int served_as;
} customer;

static void stand_in_line(void *context)
{
    customer *self = context;
    atomic_fetch_add(&self->line->coming, 1);
    budget_lease *lease = budget_acquire(self->line->all, self->size, self->size);
    self->served_as = atomic_fetch_add(&self->line->turn, 1);
    budget_return(lease);
}

static void pause_until(queue *line, int coming)
{
    while (atomic_load(&line->coming) < coming) {
    }
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL); /* from asking to waiting */
}

/* Small requests do not pass a large one that came before, or it might wait for ever. */
static void the_large_get_their_turn(void **state)
{
    (void)state;
    queue line = {.all = budget_create(100)};
    customer large = {&line, 100, -1}, small = {&line, 40, -1};
    platform_thread threads[2];
    budget_lease *mine = budget_acquire(line.all, 60, 60);
    assert_int_equal(platform_thread_start(&threads[0], stand_in_line, &large), 0);
    pause_until(&line, 1);
    assert_int_equal(platform_thread_start(&threads[1], stand_in_line, &small), 0);
    pause_until(&line, 2);
    assert_int_equal(atomic_load(&line.turn), 0);
    budget_return(mine);
    for (int i = 0; i < 2; i++)
        platform_thread_join(threads[i]);
    assert_int_equal(large.served_as, 0);
    assert_int_equal(small.served_as, 1);
    budget_free(line.all);
}

/* ---- errors ---- */

static void errors_have_words(void **state)
{
    (void)state;
    rq_error error;
    assert_int_equal(error_set(&error, RQ_ERROR_IO, "block %d", 7), RQ_ERROR_IO);
    assert_int_equal(error.code, RQ_ERROR_IO);
    assert_string_equal(error.message, "block 7");
    error_set(&error, RQ_ERROR_DECODE, "in %s: %d", error.message, 1); /* of itself */
    assert_string_equal(error.message, "in block 7: 1");
    error_set(&error, RQ_ERROR_IO, "\"%s\"", "\xff.\xc3\xa9.\xc3"); /* a path; a message is UTF-8 */
    assert_string_equal(error.message, "\"?.\xc3\xa9.?\"");
    assert_int_equal(error_set(NULL, RQ_ERROR_BUSY, "x"), RQ_ERROR_BUSY);
    error_clear(&error);
    assert_int_equal(error.code, RQ_OK);
    assert_string_equal(error.message, "");
    error_clear(NULL);
    assert_string_equal(rq_error_name(RQ_ERROR_MEMORY), "memory limit exceeded");
    assert_non_null(rq_error_name(12345));
}

/* Whatever the place of the cut, the message ends with a whole character. */
static void errors_are_cut_between_characters(void **state)
{
    (void)state;
    char text[2000];
    rq_error error;
    for (size_t lead = 0; lead < 8; lead++) {
        memset(text, 'a', lead);
        size_t length = lead;
        for (; length + 4 < sizeof text; length += 4)
            memcpy(text + length, "\xf0\x9f\xa6\x89", 4);
        text[length] = '\0';
        error_set(&error, RQ_ERROR_IO, "%s", text);
        size_t cut = strlen(error.message);
        assert_in_range(cut, sizeof error.message - 5, sizeof error.message - 1);
        assert_int_equal((cut - lead) % 4, 0);
        assert_memory_equal(error.message, text, cut);
    }
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&error, RQ_ERROR_IO, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(system_memory),
        cmocka_unit_test(checked_arithmetic),
        cmocka_unit_test(a_lease_is_a_ceiling),
        cmocka_unit_test(a_lease_grows_into_what_is_free),
        cmocka_unit_test(small_pieces_count_whole),
        cmocka_unit_test(leases_together_stay_below),
        cmocka_unit_test(the_large_get_their_turn),
        cmocka_unit_test(errors_have_words),
        cmocka_unit_test(errors_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
