/* Every K' there is: encoding gives the source symbols back, and losses are made good. */
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

enum { T = 8, WIDTH = 64 };

static void *allocate(size_t count, size_t size)
{
    void *memory = aligned_alloc(64, (count * size + 63) / 64 * 64);
    assert_non_null(memory);
    return memory;
}

/* The systematic property: encoding symbols 0 to K - 1, summed up from the intermediate symbols,
 * are the source symbols. */
static void check_systematic(uint32_t K)
{
    uint8_t *source = allocate(K, WIDTH);
    const uint8_t **symbols = allocate(K, sizeof *symbols);
    splitmix_fill(K, source, (size_t)K * WIDTH);
    for (uint32_t i = 0; i < K; i++) {
        symbols[i] = source + (size_t)i * WIDTH;
    }
    rq_plan *plan = NULL;
    assert_int_equal(rq_plan_encode(K, NULL, &plan), RQ_OK);
    uint8_t *workspace = allocate(1, rq_plan_workspace_size(plan, WIDTH));
    assert_int_equal(rq_plan_execute(plan, symbols, WIDTH, workspace), RQ_OK);
    for (uint32_t i = 0; i < K; i++) {
        uint8_t symbol[WIDTH];
        assert_int_equal(rq_plan_symbol(plan, workspace, WIDTH, i, symbol), RQ_OK);
        if (memcmp(symbol, symbols[i], WIDTH) != 0) {
            fail_msg("K = %u: encoding symbol %u is not the source symbol", (unsigned)K,
                     (unsigned)i);
        }
    }
    rq_plan_free(plan);
    free(workspace);
    free(symbols);
    free(source);
}

/* Loses about one source packet in ten and makes up for it with repair packets. */
static void check_loss(uint32_t K)
{
    rq_oti oti = {(uint64_t)K * T, T, 1, 1, 1};
    uint8_t *object = allocate(K, T), *buffer = allocate(K, T);
    uint8_t packet[RQ_PAYLOAD_ID_SIZE + T];
    rq_encoder *encoder = NULL;
    rq_decoder *decoder = NULL;
    splitmix random = {K};
    splitmix_fill(K + UINT64_C(1000000), object, (size_t)K * T);
    assert_int_equal(rq_encoder_create(&oti, object, NULL, &encoder), RQ_OK);
    assert_int_equal(rq_decoder_create(&oti, buffer, NULL, &decoder), RQ_OK);
    for (uint32_t esi = 0; !rq_decoder_complete(decoder); esi++) {
        assert_in_range(esi, 0, 2 * K + 20);
        if (esi >= K || splitmix_below(&random, 10) != 0) {
            assert_int_equal(rq_encoder_packet(encoder, 0, esi, packet), RQ_OK);
            assert_int_equal(rq_decoder_push(decoder, packet, sizeof packet), RQ_OK);
        }
    }
    if (memcmp(buffer, object, (size_t)K * T) != 0) {
        fail_msg("K = %u: the object that came back is another", (unsigned)K);
    }
    rq_decoder_free(decoder);
    rq_encoder_free(encoder);
    free(buffer);
    free(object);
}

/* All rows of the table; where that would take minutes, one in so many and the last. */
static void for_rows(void (*check)(uint32_t K), uint32_t offset)
{
    size_t step = SUPPORT_SLOW_BUILD && getenv("RQ_TEST_LONG") == NULL ? 17 : 1;
    for (size_t row = 0; row < oracle_rows(); row += step) {
        check(oracle_K_prime(row) - offset);
    }
    check(oracle_K_prime(oracle_rows() - 1) - offset);
}

static void every_K_prime_is_systematic(void **state)
{
    (void)state;
    for_rows(check_systematic, 0);
}

static void every_K_prime_makes_losses_good(void **state)
{
    (void)state;
    for_rows(check_loss, 0);
}

static void padded_blocks_are_systematic(void **state)
{
    (void)state;
    for (size_t row = 1; row < oracle_rows(); row += SUPPORT_SLOW_BUILD ? 61 : 19) {
        check_systematic(oracle_K_prime(row) - 1);
        check_systematic(oracle_K_prime(row - 1) + 1);
    }
}

static void padded_blocks_make_losses_good(void **state)
{
    (void)state;
    for (size_t row = 1; row < oracle_rows(); row += SUPPORT_SLOW_BUILD ? 61 : 19) {
        check_loss(oracle_K_prime(row) - 1);
        check_loss(oracle_K_prime(row - 1) + 1);
    }
    for (uint32_t K = 1; K < 40; K++) {
        check_loss(K);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_K_prime_is_systematic),
        cmocka_unit_test(every_K_prime_makes_losses_good),
        cmocka_unit_test(padded_blocks_are_systematic),
        cmocka_unit_test(padded_blocks_make_losses_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
