/* Lost symbols come back by whichever way suits, also into the rows their repair symbols lie in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/contributions.h"
#include "codec/recovery.h"
#include "support/counting.h"
#include "support/splitmix.h"

enum { T = 200 }; /* no multiple of the kernels' unit */

typedef struct sample {
    uint32_t K;
    rfc6330_code code;
    rq_plan *plan; /* of the encoder, for K' */
    uint8_t *source, *workspace;
} sample;

static sample begin(uint32_t K)
{
    sample s = {.K = K};
    assert_true(rfc6330_code_for(K, &s.code));
    assert_int_equal(rq_plan_encode(s.code.K_prime, NULL, &s.plan), RQ_OK);
    s.source = malloc((size_t)K * T);
    s.workspace = aligned_alloc(64, (size_t)codec_workspace_size(s.plan, T));
    const uint8_t **inputs = calloc(s.code.K_prime, sizeof *inputs);
    assert_true(s.source && s.workspace && inputs);
    splitmix_fill(K, s.source, (size_t)K * T);
    for (uint32_t i = 0; i < K; i++)
        inputs[i] = s.source + (size_t)i * T;
    codec_solve(s.plan, inputs, 0, T, s.workspace);
    free(inputs);
    return s;
}

static void end(sample *s)
{
    rq_plan_free(s->plan);
    free(s->source);
    free(s->workspace);
}

static void repair(const sample *s, uint32_t esi, uint8_t *symbol)
{
    codec_symbol(&s->code, plan_isi(&s->code, s->K, esi), s->workspace, T, symbol);
}

/* Loses m symbols, whose rows and `surplus` more get repair symbols, and recovers in place. */
static codec_way recover(const sample *s, uint32_t m, uint32_t surplus, uint64_t seed,
                         const rq_allocator *allocator)
{
    uint32_t count = s->K + surplus, lost_count = 0, missing;
    uint8_t *rows = malloc((size_t)count * T);
    uint32_t *esis = calloc(count, sizeof *esis), *lost = calloc(m, sizeof *lost);
    const uint8_t **inputs = calloc(s->code.K_prime + count, sizeof *inputs);
    assert_true(rows && esis && lost && inputs);
    memcpy(rows, s->source, (size_t)s->K * T);
    splitmix random = {seed};
    uint32_t next = s->K + (uint32_t)splitmix_below(&random, 100000);
    for (uint32_t i = 0, left = m; i < count; i++) {
        esis[i] = i;
        if (i < s->K && splitmix_below(&random, s->K - i) >= left)
            continue;
        if (i < s->K) {
            lost[lost_count++] = i;
            left--;
        }
        esis[i] = next++;
        repair(s, esis[i], rows + (size_t)i * T);
    }
    codec_recovery recovery;
    int status =
        codec_recovery_make(&recovery, s->K, esis, count, lost, m, allocator, NULL, &missing);
    codec_way way = recovery.way;
    assert_true(status == RQ_OK || status == RQ_ERROR_DECODE || status == RQ_ERROR_MEMORY);
    if (status == RQ_OK) {
        size_t size = (size_t)codec_recovery_workspace_size(&recovery, T);
        uint8_t *workspace = aligned_alloc(64, size);
        assert_non_null(workspace);
        for (uint32_t i = 0; i < recovery.input_count; i++) {
            uint32_t from = recovery.input_of[i];
            inputs[i] = from == CODEC_NOTHING ? NULL : rows + (size_t)from * T;
        }
        codec_recovery_run(&recovery, inputs, 0, T, workspace, rows, T);
        assert_memory_equal(rows, s->source, (size_t)s->K * T);
        free(workspace);
    } else if (status == RQ_ERROR_DECODE) {
        assert_in_range(missing, 1, m);
        assert_true(surplus < 2); /* two more hardly ever depend on the rest */
    }
    codec_recovery_free(&recovery);
    free(rows);
    free(esis);
    free(lost);
    free(inputs);
    return way;
}

static void every_way_recovers_in_place(void **state)
{
    static const struct {
        uint32_t K, m;
        codec_way way;
    } cases[] = {
        {1, 1, CODEC_BY_WEIGHTS},        {5, 2, CODEC_BY_WEIGHTS},   {10, 1, CODEC_BY_WEIGHTS},
        {10, 10, CODEC_BY_WEIGHTS},      {16, 7, CODEC_BY_WEIGHTS},  {17, 3, CODEC_BY_DIFFERENCE},
        {100, 10, CODEC_BY_DIFFERENCE},  {100, 60, CODEC_BY_PLAN},   {1000, 64, CODEC_BY_PLAN},
        {1000, 60, CODEC_BY_DIFFERENCE}, {1000, 100, CODEC_BY_PLAN}, {1000, 900, CODEC_BY_PLAN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample s = begin(cases[i].K);
        for (uint64_t seed = 0; seed < 12; seed++) {
            codec_way way = recover(&s, cases[i].m, (uint32_t)(seed % 3), seed, &memory_system);
            assert_int_equal(way, cases[i].way);
        }
        end(&s);
    }
}

static void memory_may_fail_anywhere(void **state)
{
    static const uint32_t cases[][2] = {{12, 4}, {60, 5}, {60, 30}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample s = begin(cases[i][0]);
        counting count = {0};
        rq_allocator allocator = counting_allocator(&count);
        recover(&s, cases[i][1], 2, 1, &allocator);
        assert_int_equal(count.used, 0);
        for (uint64_t n = 1, calls = count.calls; n <= calls; n++) {
            count = (counting){.fail_at = n};
            recover(&s, cases[i][1], 2, 1, &allocator);
            assert_int_equal(count.used, 0);
        }
        end(&s);
    }
}

/* The sum of weighed source symbols is the symbol. */
static void contributions_weigh_symbols(void **state)
{
    (void)state;
    for (uint32_t K = 1; K <= 40; K += 3) {
        sample s = begin(K);
        codec_contributions contributions;
        assert_true(codec_contributions_begin(&contributions, s.plan, NULL, K, &memory_system));
        for (uint32_t esi = 0; esi < K + 50; esi++) {
            uint8_t octets[40], expected[T], sum[T];
            const uint8_t *inputs[40];
            for (uint32_t i = 0; i < K; i++)
                inputs[i] = s.source + (size_t)i * T;
            repair(&s, esi, expected);
            codec_contributions_of(&contributions, plan_isi(&s.code, K, esi), octets);
            codec_weigh(octets, inputs, K, 0, T, sum);
            assert_memory_equal(sum, expected, T);
        }
        codec_contributions_free(&contributions);
        end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_recovers_in_place),
        cmocka_unit_test(memory_may_fail_anywhere),
        cmocka_unit_test(contributions_weigh_symbols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
