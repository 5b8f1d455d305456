/* Plans of far more symbols than are needed, in any order: the surplus neither hurts nor helps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rfc6330/rfc6330.h"
#include "rq.h"
#include "support/counting.h"
#include "support/packets.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

enum { T = 64 };

static void *allocate(size_t count, size_t size)
{
    void *memory = aligned_alloc(64, (count * size + 63) / 64 * 64);
    assert_non_null(memory);
    return memory;
}

/* A plan's workspace after running it over symbols of T bytes, one after the other. */
static uint8_t *execute(const rq_plan *plan, const uint8_t *data, uint32_t count)
{
    const uint8_t **symbols = allocate(count, sizeof *symbols);
    uint8_t *workspace = allocate(1, rq_plan_workspace_size(plan, T));
    for (uint32_t i = 0; i < count; i++) {
        symbols[i] = data + (size_t)i * T;
    }
    assert_int_equal(rq_plan_execute(plan, symbols, T, workspace), RQ_OK);
    free(symbols);
    return workspace;
}

/* The encoding symbols with these ESIs. */
static uint8_t *encode(uint32_t K, const uint8_t *source, const uint32_t *esis, uint32_t count)
{
    rq_plan *plan = NULL;
    assert_int_equal(rq_plan_encode(K, NULL, &plan), RQ_OK);
    uint8_t *workspace = execute(plan, source, K);
    uint8_t *symbols = allocate(count, T);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(rq_plan_symbol(plan, workspace, T, esis[i], symbols + (size_t)i * T),
                         RQ_OK);
    }
    free(workspace);
    rq_plan_free(plan);
    return symbols;
}

static void assert_source(const rq_plan *plan, const uint8_t *workspace, uint32_t K,
                          const uint8_t *source)
{
    for (uint32_t esi = 0; esi < K; esi++) {
        uint8_t symbol[T];
        assert_int_equal(rq_plan_symbol(plan, workspace, T, esi, symbol), RQ_OK);
        assert_memory_equal(symbol, source + (size_t)esi * T, T);
    }
}

/* Takes count symbols, every second source symbol among them, in random order. */
static void check(uint32_t K, uint32_t count)
{
    splitmix random = {K};
    uint64_t *order = allocate(count, sizeof *order);
    uint32_t *esis = allocate(count, sizeof *esis);
    uint8_t *source = allocate(K, T);
    splitmix_fill(K, source, (size_t)K * T);
    for (uint32_t i = 0; i < count; i++) {
        order[i] = 2 * i < K ? 2 * i : K + i;
    }
    packets_shuffle(&random, order, count);
    for (uint32_t i = 0; i < count; i++) {
        esis[i] = (uint32_t)order[i];
    }
    uint8_t *symbols = encode(K, source, esis, count);
    rq_plan *plan = NULL;
    assert_int_equal(rq_plan_decode(K, esis, count, NULL, &plan), RQ_OK);
    uint8_t *workspace = execute(plan, symbols, count);
    assert_source(plan, workspace, K, source);
    free(workspace);
    rq_plan_free(plan);
    free(symbols);
    free(source);
    free(esis);
    free(order);
}

static void surplus_symbols_of_small_blocks_do_no_harm(void **state)
{
    (void)state;
    check(1, 300);
    check(10, 3000);
    check(100, 150);
    check(1000, 4000);
}

static void more_than_65536_symbols_are_taken(void **state)
{
    (void)state;
    check(RQ_MAX_K, SUPPORT_SLOW_BUILD ? RQ_MAX_K + 100 : 66000);
}

typedef struct meter {
    size_t now, most;
} meter;

static void *meter_allocate(void *context, size_t size, size_t alignment)
{
    meter *m = context;
    m->now += size;
    m->most = m->now > m->most ? m->now : m->most;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void meter_release(void *context, void *memory, size_t size)
{
    meter *m = context;
    m->now -= size;
    free(memory);
}

/* What a symbol costs that brings nothing is a few octets, not a row and a column. */
static void a_large_surplus_is_cheap(void **state)
{
    (void)state;
    enum { K = 10, COUNT = 200000 };
    meter used = {0};
    rq_allocator allocator = {&used, meter_allocate, meter_release};
    uint32_t *esis = allocate(COUNT, sizeof *esis);
    rq_plan *plan = NULL;
    for (uint32_t i = 0; i < COUNT; i++) {
        esis[i] = K + i;
    }
    assert_int_equal(rq_plan_decode(K, esis, COUNT, &allocator, &plan), RQ_OK);
    assert_true(used.most < 64 * (size_t)COUNT);
    rq_plan_free(plan);
    assert_int_equal(used.now, 0);
    free(esis);
}

/* Symbols that all have rows of one kind are chosen so that hardly any brings something new: what
 * comes after them is looked at, too. */
static void symbols_that_depend_on_each_other_come_first(void **state)
{
    (void)state;
    enum { K = 10, FOUND = 100, MOST = 2000000 };
    uint32_t esis[FOUND + K], count = 0;
    uint32_t first_sum = 0;
    uint8_t *source = allocate(K, T);
    splitmix_fill(K, source, (size_t)K * T);
    rfc6330_code code;
    assert_true(rfc6330_code_for(K, &code));
    /* All whose row is the first one's: the rank of any number of them is 1. */
    for (uint32_t esi = K; esi < MOST && count < FOUND; esi++) {
        uint16_t columns[RFC6330_MAX_COLUMNS];
        uint32_t lt, sum = 0;
        uint32_t all = rfc6330_lt_row(&code, esi + code.K_prime - K, columns, &lt);
        for (uint32_t i = 0; i < all; i++) {
            sum ^= UINT32_C(1) << columns[i];
        }
        first_sum = count == 0 ? sum : first_sum;
        if (sum == first_sum) {
            esis[count++] = esi;
        }
    }
    assert_true(count > 40);
    rq_plan *plan = NULL;
    assert_int_equal(rq_plan_decode(K, esis, count, NULL, &plan), RQ_ERROR_DECODE);
    for (uint32_t i = 0; i < K; i++) {
        esis[count++] = i;
    }
    uint8_t *symbols = encode(K, source, esis, count);
    assert_int_equal(rq_plan_decode(K, esis, count, NULL, &plan), RQ_OK);
    uint8_t *workspace = execute(plan, symbols, count);
    assert_source(plan, workspace, K, source);
    free(workspace);
    free(symbols);
    free(source);
    rq_plan_free(plan);
}

/* Packets of one object that bring nothing of its first symbol, then all source symbols. An attempt
 * to solve takes more pieces of memory than there are packets. */
static void packets_chosen_to_depend_cost_little_each(void **state)
{
    (void)state;
    enum { K = 10, CHOSEN = 1500, MOST_CALLS = 20 * CHOSEN };
    uint8_t unit[K * T] = {1}, object[K * T], copy[K * T], packet[RQ_PAYLOAD_ID_SIZE + T];
    const rq_oti oti = {sizeof object, T, 1, 1, 8};
    counting count = {0};
    const rq_allocator allocator = counting_allocator(&count);
    rq_encoder *finder, *sender;
    rq_decoder *receiver;
    splitmix_fill(K, object, sizeof object);
    assert_int_equal(rq_encoder_create(&oti, unit, NULL, &finder), RQ_OK);
    assert_int_equal(rq_encoder_create(&oti, object, NULL, &sender), RQ_OK);
    assert_int_equal(rq_decoder_create(&oti, copy, &allocator, &receiver), RQ_OK);
    for (uint32_t esi = K, chosen = 0; chosen < CHOSEN; esi++) {
        assert_int_equal(rq_encoder_packet(finder, 0, esi, packet), RQ_OK);
        if (packet[RQ_PAYLOAD_ID_SIZE] != 0)
            continue;
        assert_int_equal(rq_encoder_packet(sender, 0, esi, packet), RQ_OK);
        assert_int_equal(rq_decoder_push(receiver, packet, sizeof packet), RQ_OK);
        chosen++;
    }
    assert_false(rq_decoder_complete(receiver));
    assert_true(count.calls < MOST_CALLS);
    for (uint32_t esi = 0; esi < K; esi++) {
        assert_int_equal(rq_encoder_packet(sender, 0, esi, packet), RQ_OK);
        assert_int_equal(rq_decoder_push(receiver, packet, sizeof packet), RQ_OK);
    }
    assert_true(rq_decoder_complete(receiver));
    assert_memory_equal(copy, object, sizeof object);
    rq_decoder_free(receiver);
    rq_encoder_free(sender);
    rq_encoder_free(finder);
    assert_int_equal(count.used, 0);
}

/* The same symbol twice contradicts "all different", wherever the two stand. */
static void repeated_symbols_are_refused(void **state)
{
    (void)state;
    uint32_t esis[300];
    rq_plan *plan = NULL;
    for (uint32_t i = 0; i < 300; i++) {
        esis[i] = 7 * i;
    }
    esis[299] = esis[0];
    assert_int_equal(rq_plan_decode(100, esis, 300, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_null(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(surplus_symbols_of_small_blocks_do_no_harm),
        cmocka_unit_test(a_large_surplus_is_cheap),
        cmocka_unit_test(symbols_that_depend_on_each_other_come_first),
        cmocka_unit_test(packets_chosen_to_depend_cost_little_each),
        cmocka_unit_test(more_than_65536_symbols_are_taken),
        cmocka_unit_test(repeated_symbols_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
