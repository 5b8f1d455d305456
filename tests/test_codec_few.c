/* A few symbols, made of known parts, are what the intermediate symbols give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/few.h"
#include "support/counting.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

enum { T = 200 }; /* no multiple of the kernels' unit */

/* A plan and what it makes of random symbols. Which are those of a block does not matter: any
 * inputs give intermediate symbols. */
typedef struct sample {
    rq_plan *plan;
    uint32_t input_count;
    uint8_t *input_rows, *whole, *workspace;
    const uint8_t **inputs;
    size_t size;
} sample;

typedef enum kind { ENCODER, DECODER, KEEPING_PARTS } kind;

/* A decoder's has lost every 10th source symbol or so. */
static rq_plan *make_plan(uint32_t K, kind kind)
{
    rq_plan *plan = NULL;
    rfc6330_code code;
    assert_true(rfc6330_code_for(K, &code));
    if (kind == ENCODER) {
        assert_int_equal(plan_create_encoder(K, NULL, &plan), RQ_OK);
        return plan;
    }
    uint32_t *isis = calloc(K + 2, sizeof *isis), repair = 7;
    assert_non_null(isis);
    for (uint32_t i = 0; i < K; i++)
        isis[i] = i % 10 == K % 7 ? plan_isi(&code, K, K + repair++) : i;
    isis[K] = plan_isi(&code, K, 100000);
    isis[K + 1] = plan_isi(&code, K, 100001);
    int status = (kind == DECODER ? plan_create : plan_create_keeping_parts)(K, isis, K + 2, NULL,
                                                                             NULL, &plan, NULL);
    assert_int_equal(status, RQ_OK);
    free(isis);
    return plan;
}

static sample begin(uint32_t K, kind kind)
{
    sample s = {.plan = make_plan(K, kind)};
    s.input_count = s.plan->input_count;
    s.size = (size_t)codec_workspace_size(s.plan, T);
    s.input_rows = malloc((size_t)s.input_count * T);
    s.inputs = calloc(s.input_count, sizeof *s.inputs);
    s.whole = aligned_alloc(64, s.size);
    s.workspace = aligned_alloc(64, s.size);
    assert_true(s.input_rows && s.inputs && s.whole && s.workspace);
    splitmix_fill(K, s.input_rows, (size_t)s.input_count * T);
    for (uint32_t i = 0; i < s.input_count; i++)
        s.inputs[i] = s.input_rows + (size_t)i * T;
    codec_solve(s.plan, s.inputs, 0, T, s.whole);
    return s;
}

static void end(sample *s)
{
    plan_free(s->plan);
    free(s->input_rows);
    free(s->inputs);
    free(s->whole);
    free(s->workspace);
}

/* Makes `count` symbols of random ids, the last of them first. False if there was no memory. */
static bool check(const sample *s, uint32_t count, uint64_t seed, const rq_allocator *allocator,
                  bool *by_parts)
{
    const rfc6330_code *code = &s->plan->code;
    uint32_t *isis = calloc(count, sizeof *isis), *rows = calloc(count, sizeof *rows);
    uint8_t *made = calloc(count, T);
    assert_true(isis && rows && made);
    splitmix random = {seed};
    for (uint32_t i = 0; i < count; i++) {
        isis[i] = (uint32_t)splitmix_below(&random, seed % 2 ? code->K_prime : RQ_MAX_ESI);
        rows[i] = count - 1 - i;
    }
    codec_few few;
    bool ready = codec_few_make(&few, s->plan, isis, rows, count, allocator);
    *by_parts = few.by_parts;
    if (ready) {
        memset(s->workspace, 0xEE, s->size);
        codec_few_run(&few, s->inputs, 0, T, s->workspace, made, T, T);
        for (uint32_t i = 0; i < count; i++) {
            uint8_t expected[T];
            codec_symbol(code, isis[i], s->whole, T, expected);
            assert_memory_equal(made + (size_t)rows[i] * T, expected, T);
        }
        if (few.by_parts)
            codec_complete(s->plan, s->inputs, 0, T, s->workspace);
        assert_memory_equal(s->workspace, s->whole, code->L * codec_stride(T));
    }
    codec_few_free(&few);
    free(isis);
    free(rows);
    free(made);
    return ready;
}

static void few_are_made_of_parts_and_many_are_not(void **state)
{
    static const uint32_t all_K[] = {17, 40, 60, 101, 257, 500, 1000, 2040, 5000, 20000};
    (void)state;
    for (size_t i = 0; i < sizeof all_K / sizeof *all_K - (SUPPORT_SLOW_BUILD ? 2 : 0); i++) {
        uint32_t K = all_K[i];
        const uint32_t counts[] = {1, 3, K / 20, K / 10, K / 5, K / 2, K, K + 9};
        for (kind kind = ENCODER; kind <= KEEPING_PARTS; kind++) {
            sample s = begin(K, kind);
            for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
                bool by_parts = false;
                if (counts[c] == 0)
                    continue;
                assert_true(check(&s, counts[c], K + c, &memory_system, &by_parts));
                if (K >= 100 && counts[c] <= K / 10)
                    assert_true(by_parts);
                if (K < 40 || counts[c] >= K)
                    assert_false(by_parts);
            }
            end(&s);
        }
    }
}

/* Without memory for it they come of the intermediate symbols, or not at all. */
static void memory_may_fail_anywhere(void **state)
{
    (void)state;
    for (kind kind = ENCODER; kind <= KEEPING_PARTS; kind++) {
        sample s = begin(300, kind);
        counting count = {0};
        rq_allocator allocator = counting_allocator(&count);
        bool by_parts;
        uint32_t parted = 0, refused = 0;
        assert_true(check(&s, 20, 1, &allocator, &by_parts));
        assert_true(by_parts);
        for (uint64_t n = 1, calls = count.calls; n <= calls; n++) {
            count = (counting){.fail_at = n};
            refused += !check(&s, 20, 1, &allocator, &by_parts);
            parted += by_parts;
            assert_int_equal(count.used, 0);
        }
        assert_int_equal(parted, 0);
        assert_int_equal(refused, 2); /* the lists that must be */
        end(&s);
    }
}

/* The budget of those who decode has room for so much. */
static void lists_stay_small(void **state)
{
    (void)state;
    for (uint32_t K = 50; K < 3000; K = K * 3 / 2) {
        sample s = begin(K, DECODER);
        for (uint32_t m = 1; m <= K / 2; m += 1 + m / 3) {
            uint32_t *isis = calloc(m, sizeof *isis);
            assert_non_null(isis);
            for (uint32_t i = 0; i < m; i++)
                isis[i] = i;
            counting count = {0};
            rq_allocator allocator = counting_allocator(&count);
            codec_few few;
            assert_true(codec_few_make(&few, s.plan, isis, NULL, m, &allocator));
            if (few.by_parts)
                assert_in_range(count.used, 1, (uint64_t)K * CODEC_OUTPUT_SIZE);
            codec_few_free(&few);
            free(isis);
        }
        end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_are_made_of_parts_and_many_are_not),
        cmocka_unit_test(memory_may_fail_anywhere),
        cmocka_unit_test(lists_stay_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
