/* What is kept for the next: never more than the shelf holds, never freed in use, freed once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/shelf.h"
#include "support/splitmix.h"

enum { CAPACITY = 1000, MOST = 64 };

typedef struct thing {
    uint32_t K_prime;
    int freed;
} thing;

static thing things[MOST];

static void free_thing(void *item)
{
    thing *t = item;
    if (t)
        t->freed++;
}

static shelf fresh(void)
{
    for (uint32_t i = 0; i < MOST; i++)
        things[i] = (thing){.K_prime = i};
    return (shelf){CAPACITY, free_thing, PLATFORM_MUTEX_INITIALIZER, 0, 0, {{0}}};
}

/* Puts thing i on the shelf and leaves it there unused. */
static void place(shelf *s, uint32_t i, uint64_t size)
{
    assert_true(shelf_reserve(s, size));
    assert_ptr_equal(shelf_keep(s, i, &things[i], size, size), &things[i]);
    shelf_give_back(s, &things[i]);
}

static void what_is_kept_is_found(void **state)
{
    (void)state;
    shelf s = fresh();
    assert_null(shelf_take(&s, 1));
    place(&s, 1, 100);
    assert_ptr_equal(shelf_take(&s, 1), &things[1]);
    assert_null(shelf_take(&s, 2));
    shelf_give_back(&s, &things[1]);
    assert_int_equal(things[1].freed, 0);
}

static void the_longest_unused_goes_first(void **state)
{
    (void)state;
    shelf s = fresh();
    place(&s, 1, 400);
    place(&s, 2, 400);
    shelf_give_back(&s, shelf_take(&s, 1)); /* now 2 is the oldest */
    place(&s, 3, 400);
    assert_int_equal(things[2].freed, 1);
    assert_int_equal(things[1].freed, 0);
    assert_true(s.bytes <= CAPACITY);
}

static void what_is_in_use_stays(void **state)
{
    (void)state;
    shelf s = fresh();
    place(&s, 1, 900);
    assert_non_null(shelf_take(&s, 1));
    assert_false(shelf_reserve(&s, 200));
    assert_int_equal(things[1].freed, 0);
    shelf_give_back(&s, &things[1]);
    assert_true(shelf_reserve(&s, 200));
    assert_int_equal(things[1].freed, 1);
    assert_null(shelf_keep(&s, 2, NULL, 200, 0));
    assert_int_equal(s.bytes, 0);
}

static void what_is_too_large_drives_nothing_out(void **state)
{
    (void)state;
    shelf s = fresh();
    place(&s, 1, 100);
    assert_false(shelf_reserve(&s, CAPACITY + 1));
    assert_int_equal(things[1].freed, 0);
}

static void the_second_of_two_makers_gets_the_first_ones(void **state)
{
    (void)state;
    shelf s = fresh();
    assert_true(shelf_reserve(&s, 100));
    assert_true(shelf_reserve(&s, 100));
    assert_ptr_equal(shelf_keep(&s, 7, &things[1], 100, 90), &things[1]);
    assert_ptr_equal(shelf_keep(&s, 7, &things[2], 100, 90), &things[1]);
    assert_int_equal(things[2].freed, 1);
    assert_int_equal(s.bytes, 90);
}

/* More kinds than there are places, in random order. */
static void it_never_holds_too_much(void **state)
{
    (void)state;
    shelf s = fresh();
    splitmix random = {5};
    for (int round = 0; round < 20000; round++) {
        uint32_t i = (uint32_t)splitmix_below(&random, MOST);
        const thing *there = shelf_take(&s, i);
        uint64_t size = 1 + splitmix_below(&random, 300);
        if (!there && shelf_reserve(&s, size)) {
            things[i].freed = 0;
            there = shelf_keep(&s, i, &things[i], size, size);
        }
        assert_true(s.bytes <= CAPACITY);
        if (there) {
            assert_int_equal(there->K_prime, i);
            assert_int_equal(there->freed, 0);
            shelf_give_back(&s, there);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_found),
        cmocka_unit_test(the_longest_unused_goes_first),
        cmocka_unit_test(what_is_in_use_stays),
        cmocka_unit_test(what_is_too_large_drives_nothing_out),
        cmocka_unit_test(the_second_of_two_makers_gets_the_first_ones),
        cmocka_unit_test(it_never_holds_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
