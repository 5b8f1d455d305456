/* Shapes: for any work, what is said to be enough is enough, and no shape takes more than it may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "object/shape.h"
#include "support/packets.h"

enum { CASES = 3000 };

/* Slack of the smallest figures: what a batch of the least size takes to describe, and a bit. */
enum { SLACK = 64 * 1024 };

typedef struct kind {
    bool (*fit)(const shape_work *work, uint64_t memory, shape *shape);
    uint64_t (*smallest)(const shape_work *work);
    uint64_t (*comfortable)(const shape_work *work);
} kind;

static const kind encode = {shape_encode, shape_encode_smallest, shape_encode_comfortable};
static const kind decode = {shape_decode, shape_decode_smallest, shape_decode_comfortable};

static shape_work random_work(splitmix *random)
{
    static const uint32_t most_symbols[] = {3, 100, 3000, RQ_MAX_K};
    static const uint32_t most_T[] = {8, 100, 2000, 65535};
    rq_oti oti = packets_random_oti(random, most_symbols[splitmix_below(random, 4)],
                                    most_T[splitmix_below(random, 4)]);
    return (shape_work){.oti = oti,
                        .K = rq_oti_source_symbols(&oti, 0),
                        .repairs = splitmix_below(random, 4) *
                                   splitmix_below(random, 1u << splitmix_below(random, 20)),
                        .names_only = splitmix_below(random, 2) == 1,
                        .workers = 1 + (uint32_t)splitmix_below(random, 32)};
}

static void check(const shape_work *work, const shape *s, uint64_t memory)
{
    uint32_t T = work->oti.T;
    assert_true(s->memory <= memory);
    assert_in_range(s->workers, 1, work->workers);
    assert_true(s->strip_width >= 64 && s->strip_width % 64 == 0);
    assert_true(s->worker_buffer >= shape_row_stride(T));
    /* A window holds a strip, which need not be wider than a symbol. */
    assert_true(s->window_columns >= (T < s->strip_width ? T : s->strip_width));
    assert_true(s->memory >= (uint64_t)work->K * (s->window_columns < T ? s->window_columns : T));
    assert_true(s->batch <= work->repairs);
}

static void check_kind(const kind *k, const shape_work *work, splitmix *random)
{
    shape s, best;
    uint64_t smallest = k->smallest(work), comfortable = k->comfortable(work);
    assert_true(k->fit(work, smallest, &s));
    check(work, &s, smallest);
    assert_false(smallest > SLACK && k->fit(work, smallest - SLACK, &s));
    assert_true(comfortable + SLACK >= smallest);
    assert_true(k->fit(work, UINT64_MAX / 4, &best));
    assert_true(k->fit(work, comfortable, &s));
    check(work, &s, comfortable);
    assert_memory_equal(&s, &best, sizeof s);
    for (int i = 0; i < 8; i++) {
        uint64_t memory = smallest + splitmix_below(random, comfortable + smallest);
        assert_true(k->fit(work, memory, &s));
        check(work, &s, memory);
    }
}

static void what_is_smallest_and_comfortable_holds(void **state)
{
    (void)state;
    splitmix random = {1};
    for (int i = 0; i < CASES; i++) {
        shape_work work = random_work(&random);
        check_kind(&encode, &work, &random);
        work.extra_rows = (uint32_t)splitmix_below(&random, 20);
        check_kind(&encode, &work, &random); /* mending */
        work.decode = true;
        check_kind(&decode, &work, &random);
    }
}

static void all_repair_symbols_come_in_batches(void **state)
{
    (void)state;
    splitmix random = {2};
    for (int i = 0; i < CASES; i++) {
        shape_work work = random_work(&random);
        shape s;
        assert_true(shape_encode(&work, shape_encode_smallest(&work), &s));
        assert_true(work.repairs == 0 || s.batch > 0);
    }
}

/* The promises of the manual: a few MB for a few thousand symbols, under 48 MB for the most. */
static void the_smallest_working_sets(void **state)
{
    (void)state;
    rq_oti oti = {.F = RQ_MAX_K * UINT64_C(1280), .T = 1280, .Z = 1, .N = 1, .Al = 8};
    shape_work work = {.oti = oti, .K = RQ_MAX_K, .repairs = 5 * RQ_MAX_K, .workers = 64};
    assert_true(shape_encode_smallest(&work) < UINT64_C(48) << 20);
    work.extra_rows = 16;
    work.decode = true;
    assert_true(shape_decode_smallest(&work) < UINT64_C(48) << 20);
    work.K = 4000;
    assert_true(shape_encode_smallest(&work) < UINT64_C(6) << 20);
    assert_true(shape_decode_smallest(&work) < UINT64_C(6) << 20);
}

static void impossible_work_has_no_shape(void **state)
{
    (void)state;
    shape_work work = {.oti = {.F = 1, .T = 8, .Z = 1, .N = 1, .Al = 8}, .workers = 1};
    shape s;
    assert_false(shape_encode(&work, UINT64_MAX / 4, &s)); /* K is 0 */
    assert_false(shape_decode(&work, UINT64_MAX / 4, &s));
    work.K = 10;
    assert_false(shape_encode(&work, 0, &s));
    assert_false(shape_decode(&work, 0, &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_smallest_and_comfortable_holds),
        cmocka_unit_test(all_repair_symbols_come_in_batches),
        cmocka_unit_test(the_smallest_working_sets),
        cmocka_unit_test(impossible_work_has_no_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
