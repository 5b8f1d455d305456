/* The oracle that judges the codec is judged first: by the golden repair symbols. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/oracle.h"
#include "support/vectors.h"

/* Gaussian elimination takes L^3 steps. */
static uint32_t largest_K(void)
{
    return getenv("RQ_TEST_LONG") != NULL ? 2000 : 1000;
}

static void check_vector(void *context, const codec_vector *vector)
{
    uint32_t *checked = context;
    if (vector->K > largest_K()) {
        return;
    }
    static uint8_t *intermediate;
    static uint32_t K;
    if (K != vector->K) {
        free(intermediate);
        intermediate = oracle_encode(vector->K, vector->source, vector->T);
        K = vector->K;
    }
    uint8_t symbol[CODEC_VECTOR_MAX_T];
    oracle_symbol(vector->K, intermediate, vector->T, vector->esi, symbol);
    assert_memory_equal(symbol, vector->symbol, vector->T);
    ++*checked;
}

static void repair_symbols_are_those_of_the_golden_vectors(void **state)
{
    (void)state;
    uint32_t checked = 0;
    codec_vectors_read(check_vector, &checked);
    assert_in_range(checked, 90, 1000);
}

static void source_symbols_come_back_from_the_intermediate_symbols(void **state)
{
    (void)state;
    uint32_t Ks[] = {1, 9, 10, 11, 26, 100};
    for (size_t i = 0; i < sizeof Ks / sizeof *Ks; i++) {
        uint8_t source[100][2];
        for (uint32_t j = 0; j < Ks[i]; j++) {
            source[j][0] = (uint8_t)(j * j + 1);
            source[j][1] = (uint8_t)(200 - j);
        }
        uint8_t *intermediate = oracle_encode(Ks[i], source[0], 2);
        for (uint32_t j = 0; j < Ks[i]; j++) {
            uint8_t symbol[2];
            oracle_symbol(Ks[i], intermediate, 2, j, symbol);
            assert_memory_equal(symbol, source[j], 2);
        }
        free(intermediate);
    }
}

static void rank_is_short_by_what_is_missing(void **state)
{
    (void)state;
    uint32_t esis[20];
    for (uint32_t i = 0; i < 20; i++) {
        esis[i] = i;
    }
    for (uint32_t missing = 0; missing <= 20; missing++) {
        assert_int_equal(oracle_rank(20, esis + missing, 20 - missing),
                         oracle_code_of(20).L - missing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repair_symbols_are_those_of_the_golden_vectors),
        cmocka_unit_test(source_symbols_come_back_from_the_intermediate_symbols),
        cmocka_unit_test(rank_is_short_by_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
