/* A plan exists if and only if the received symbols determine the block: planning is compared with
 * Gaussian elimination over the whole constraint matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rq.h"
#include "support/oracle.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

enum { MAX_K = 120, MAX_COUNT = MAX_K + 8, T = 64 };

/* One source block with what the oracle makes of it. */
typedef struct source_block {
    uint32_t K, L;
    uint8_t source[MAX_K * T];
    uint8_t *intermediate;
} source_block;

typedef struct outcomes {
    uint32_t solved, refused;
} outcomes;

static source_block *block_open(uint32_t K)
{
    source_block *block = malloc(sizeof *block);
    assert_non_null(block);
    block->K = K;
    block->L = oracle_code_of(K).L;
    splitmix_fill(K, block->source, (size_t)K * T);
    block->intermediate = oracle_encode(K, block->source, T);
    return block;
}

static void block_close(source_block *block)
{
    free(block->intermediate);
    free(block);
}

/* ---- sets of received symbols ---- */

static bool contains(const uint32_t *esis, uint32_t count, uint32_t esi)
{
    for (uint32_t i = 0; i < count; i++) {
        if (esis[i] == esi) {
            return true;
        }
    }
    return false;
}

typedef struct mixture {
    uint32_t source_percent; /* of source symbols among the symbols */
    uint32_t span;           /* repair symbols are K to K + span - 1 */
} mixture;

static uint32_t draw(splitmix *random, uint32_t K, mixture mix)
{
    if (splitmix_below(random, 100) < mix.source_percent) {
        return (uint32_t)splitmix_below(random, K);
    }
    return K + (uint32_t)splitmix_below(random, mix.span);
}

static void draw_set(splitmix *random, uint32_t K, mixture mix, uint32_t *esis, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        do {
            esis[i] = draw(random, K, mix);
        } while (contains(esis, i, esis[i]));
    }
}

static mixture draw_mixture(splitmix *random, uint32_t K)
{
    static const uint32_t percents[] = {0, 0, 10, 50, 80, 95};
    mixture mix;
    mix.source_percent = percents[splitmix_below(random, 6)];
    mix.span = splitmix_below(random, 2) == 0 ? K + 20 : RQ_MAX_ESI + 1 - K;
    return mix;
}

/* ---- what is tested ---- */

static void describe(const source_block *block, const uint32_t *esis, uint32_t count)
{
    fprintf(stderr, "K = %u, ESIs", (unsigned)block->K);
    for (uint32_t i = 0; i < count; i++) {
        fprintf(stderr, " %u", (unsigned)esis[i]);
    }
    fprintf(stderr, "\n");
}

static void assert_symbols_right(const source_block *block, const rq_plan *plan,
                                 const void *workspace)
{
    for (uint32_t esi = 0; esi < block->K + 3; esi++) {
        uint8_t symbol[T], right[T];
        assert_int_equal(rq_plan_symbol(plan, workspace, T, esi, symbol), RQ_OK);
        oracle_symbol(block->K, block->intermediate, T, esi, right);
        assert_memory_equal(symbol, right, T);
    }
}

static void assert_plan_decodes(const source_block *block, const rq_plan *plan,
                                const uint32_t *esis, uint32_t count)
{
    uint8_t received[MAX_COUNT][T];
    const uint8_t *symbols[MAX_COUNT];
    for (uint32_t i = 0; i < count; i++) {
        oracle_symbol(block->K, block->intermediate, T, esis[i], received[i]);
        symbols[i] = received[i];
    }
    void *workspace = aligned_alloc(64, (rq_plan_workspace_size(plan, T) + 63) / 64 * 64);
    assert_non_null(workspace);
    assert_int_equal(rq_plan_execute(plan, symbols, T, workspace), RQ_OK);
    assert_symbols_right(block, plan, workspace);
    free(workspace);
}

static void check_set(const source_block *block, const uint32_t *esis, uint32_t count,
                      outcomes *tally)
{
    bool solvable = oracle_rank(block->K, esis, count) == block->L;
    rq_plan *plan = NULL;
    int code = rq_plan_decode(block->K, esis, count, NULL, &plan);
    if (code != (solvable ? RQ_OK : RQ_ERROR_DECODE)) {
        describe(block, esis, count);
        fail_msg("planning returned %d, but the symbols %s the block", code,
                 solvable ? "determine" : "do not determine");
    }
    if (solvable) {
        assert_plan_decodes(block, plan, esis, count);
        rq_plan_free(plan);
        tally->solved++;
    } else {
        tally->refused++;
    }
}

static void check_random_sets(uint32_t K, uint32_t trials, outcomes *tally)
{
    splitmix random = {1000 + K};
    source_block *block = block_open(K);
    for (uint32_t trial = 0; trial < trials; trial++) {
        uint32_t esis[MAX_COUNT];
        uint32_t count = K + (uint32_t)splitmix_below(&random, 6);
        count = count > 2 ? count - 2 : 1;
        draw_set(&random, K, draw_mixture(&random, K), esis, count);
        check_set(block, esis, count, tally);
    }
    block_close(block);
}

static void planning_succeeds_exactly_at_full_rank(void **state)
{
    (void)state;
    outcomes tally = {0};
    for (uint32_t K = 1; K <= 30; K++) {
        check_random_sets(K, SUPPORT_SLOW_BUILD ? 60 : 400, &tally);
    }
    assert_in_range(tally.refused, 1, tally.solved);
}

static void planning_succeeds_exactly_at_full_rank_for_larger_K(void **state)
{
    (void)state;
    static const uint32_t Ks[] = {31, 32, 33, 42, 46, 47, 55, 60, 75, 84, 91, 101, 119, 120};
    outcomes tally = {0};
    for (size_t i = 0; i < sizeof Ks / sizeof *Ks; i++) {
        check_random_sets(Ks[i], SUPPORT_SLOW_BUILD ? 10 : 60, &tally);
    }
    assert_in_range(tally.refused, 1, tally.solved);
}

/* Random sets of K or more symbols are nearly always of full rank, so these are built not to be:
 * each symbol after the first K - 1 is drawn until it adds nothing. One that adds something ends
 * it. */
static void check_dependent_sets(uint32_t K, uint64_t seed, outcomes *tally)
{
    splitmix random = {seed};
    mixture mix = {(uint32_t)splitmix_below(&random, 2) * 50, RQ_MAX_ESI + 1 - K};
    source_block *block = block_open(K);
    uint32_t esis[MAX_COUNT];
    draw_set(&random, K, mix, esis, K - 1);
    uint32_t rank = oracle_rank(K, esis, K - 1);
    uint32_t count = K - 1;
    for (int draws = 0; draws < 1000 && count < K + 2; draws++) {
        esis[count] = draw(&random, K, mix);
        if (!contains(esis, count, esis[count]) && oracle_rank(K, esis, count + 1) == rank) {
            count++;
            check_set(block, esis, count, tally);
        }
    }
    do {
        do {
            esis[count] = draw(&random, K, mix);
        } while (contains(esis, count, esis[count]));
        count++;
        check_set(block, esis, count, tally);
    } while (oracle_rank(K, esis, count) < block->L && count < MAX_COUNT);
    block_close(block);
}

static void planning_refuses_symbols_that_depend_on_each_other(void **state)
{
    (void)state;
    outcomes tally = {0};
    for (uint32_t K = 2; K <= 26; K += 3) {
        for (uint64_t seed = 0; seed < (SUPPORT_SLOW_BUILD ? 1 : 6); seed++) {
            check_dependent_sets(K, 100 * K + seed, &tally);
        }
    }
    assert_in_range(tally.refused, 9, 1000);
    assert_in_range(tally.solved, 9, 1000);
}

static void impossible_requests_are_refused(void **state)
{
    (void)state;
    rq_plan *plan = NULL;
    uint32_t esis[] = {0, 1, 2};
    uint32_t too_large[] = {0, 1, RQ_MAX_ESI + 1};
    assert_int_equal(rq_plan_encode(0, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_encode(RQ_MAX_K + 1, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(0, esis, 3, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(RQ_MAX_K + 1, esis, 3, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(3, too_large, 3, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(4, esis, 3, NULL, &plan), RQ_ERROR_DECODE);
    assert_int_equal(rq_plan_decode(4, esis, 0, NULL, &plan), RQ_ERROR_DECODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planning_succeeds_exactly_at_full_rank),
        cmocka_unit_test(planning_succeeds_exactly_at_full_rank_for_larger_K),
        cmocka_unit_test(planning_refuses_symbols_that_depend_on_each_other),
        cmocka_unit_test(impossible_requests_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
