/* Every golden repair symbol, through packets and through plans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rq.h"
#include "support/vectors.h"

typedef struct source_block {
    uint32_t K;
    size_t checked;
    rq_encoder *encoder;
    rq_plan *plan;
    void *workspace;
} source_block;

static void block_close(source_block *block)
{
    rq_encoder_free(block->encoder);
    rq_plan_free(block->plan);
    free(block->workspace);
    block->encoder = NULL;
    block->plan = NULL;
    block->workspace = NULL;
}

static void encoder_open(source_block *block, const codec_vector *vector)
{
    rq_oti oti = {(uint64_t)vector->K * vector->T, vector->T, 1, 1, 8};
    block_close(block);
    block->K = vector->K;
    assert_int_equal(rq_encoder_create(&oti, vector->source, NULL, &block->encoder), RQ_OK);
}

static void check_packet(void *context, const codec_vector *vector)
{
    source_block *block = context;
    if (block->K != vector->K) {
        encoder_open(block, vector);
    }
    uint8_t packet[RQ_PAYLOAD_ID_SIZE + CODEC_VECTOR_MAX_T];
    uint8_t id[4] = {0, (uint8_t)(vector->esi >> 16), (uint8_t)(vector->esi >> 8),
                     (uint8_t)vector->esi};
    assert_int_equal(rq_encoder_packet(block->encoder, 0, vector->esi, packet), RQ_OK);
    assert_memory_equal(packet, id, 4);
    assert_memory_equal(packet + 4, vector->symbol, vector->T);
    block->checked++;
}

static void packets_are_the_golden_ones(void **state)
{
    (void)state;
    source_block block = {0};
    size_t lines = codec_vectors_read(check_packet, &block);
    assert_int_equal(block.checked, lines);
    block_close(&block);
}

static void plan_open(source_block *block, const codec_vector *vector)
{
    block_close(block);
    block->K = vector->K;
    assert_int_equal(rq_plan_encode(vector->K, NULL, &block->plan), RQ_OK);
    size_t size = rq_plan_workspace_size(block->plan, vector->T);
    assert_true(size > 0);
    block->workspace = aligned_alloc(64, (size + 63) / 64 * 64);
    const uint8_t **symbols = malloc(vector->K * sizeof *symbols);
    assert_non_null(block->workspace);
    assert_non_null(symbols);
    for (uint32_t i = 0; i < vector->K; i++) {
        symbols[i] = vector->source + (size_t)i * vector->T;
    }
    assert_int_equal(rq_plan_execute(block->plan, symbols, vector->T, block->workspace), RQ_OK);
    free(symbols);
}

static void check_plan(void *context, const codec_vector *vector)
{
    source_block *block = context;
    if (block->K != vector->K) {
        plan_open(block, vector);
    }
    uint8_t symbol[CODEC_VECTOR_MAX_T];
    assert_int_equal(rq_plan_symbol(block->plan, block->workspace, vector->T, vector->esi, symbol),
                     RQ_OK);
    assert_memory_equal(symbol, vector->symbol, vector->T);
    block->checked++;
}

static void plans_make_the_golden_symbols(void **state)
{
    (void)state;
    source_block block = {0};
    size_t lines = codec_vectors_read(check_plan, &block);
    assert_int_equal(block.checked, lines);
    block_close(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_the_golden_ones),
        cmocka_unit_test(plans_make_the_golden_symbols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
