/* Planning that takes long can be ended, at any time that it asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "rq.h"
#include "support/counting.h"

typedef struct watcher {
    uint32_t calls, most; /* it is patient for so many calls */
} watcher;

static bool is_over(void *context)
{
    watcher *w = context;
    return w->calls++ == w->most;
}

static int plan_watched(uint32_t K, const uint32_t *isis, watcher *w)
{
    counting count = {0};
    const rq_allocator allocator = counting_allocator(&count);
    const plan_watch watch = {is_over, w};
    rq_plan *plan = NULL;
    int status = plan_create(K, isis, K + 5, &allocator, &watch, &plan, NULL);
    assert_true((status == RQ_OK) == (plan != NULL));
    plan_free(plan);
    assert_int_equal(count.used, 0);
    return status;
}

/* Whether to choose a symbol by its LT columns. */
typedef bool wanted(const rfc6330_code *code, const uint16_t *columns, uint32_t lt);

/* With such repair symbols, which give that status if there is the patience, it asks so often. */
static void check(uint32_t K, wanted *is_wanted, int right, uint32_t at_least)
{
    uint32_t *isis = malloc((K + 5) * sizeof *isis);
    rfc6330_code code;
    watcher w = {0, UINT32_MAX};
    assert_non_null(isis);
    assert_true(rfc6330_code_for(K, &code));
    for (uint32_t isi = code.K_prime, found = 0; found < K + 5; isi++) {
        uint16_t columns[RFC6330_MAX_COLUMNS];
        uint32_t lt;
        rfc6330_lt_row(&code, isi, columns, &lt);
        assert_in_range(isi, 0, RQ_MAX_ESI);
        isis[found] = isi;
        found += is_wanted(&code, columns, lt);
    }
    assert_int_equal(plan_watched(K, isis, &w), right);
    assert_true(w.calls >= at_least);
    uint32_t last = w.calls - 1, points[] = {0, 1, last / 2, last};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        w = (watcher){0, points[i]};
        assert_int_equal(plan_watched(K, isis, &w), RQ_ERROR_CANCELLED);
        assert_int_equal(w.calls, points[i] + 1);
    }
    free(isis);
}

static bool has_twelve(const rfc6330_code *code, const uint16_t *columns, uint32_t lt)
{
    (void)code;
    (void)columns;
    return lt >= 12;
}

static bool has_twenty(const rfc6330_code *code, const uint16_t *columns, uint32_t lt)
{
    (void)code;
    (void)columns;
    return lt >= 20;
}

/* Two, in a twentieth of the columns: most columns are in no row at all. */
static bool is_crowded(const rfc6330_code *code, const uint16_t *columns, uint32_t lt)
{
    return lt == 2 && columns[0] < code->W / 20 && columns[1] < code->W / 20;
}

static void small_systems_are_given_up(void **state)
{
    (void)state;
    check(1000, has_twelve, RQ_OK, 3);
}

static void large_systems_are_given_up(void **state)
{
    (void)state;
    check(3000, has_twenty, RQ_OK, 300);
}

static void systems_of_low_rank_are_given_up(void **state)
{
    (void)state;
    check(3000, is_crowded, RQ_ERROR_DECODE, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_systems_are_given_up),
        cmocka_unit_test(large_systems_are_given_up),
        cmocka_unit_test(systems_of_low_rank_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
