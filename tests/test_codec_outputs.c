/* src/codec/outputs.h: whatever their order, outputs are the same sums for the same rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/outputs.h"
#include "support/counting.h"
#include "support/splitmix.h"

enum { MOST = 3000 };

static void add_random(codec_outputs *outputs, const rfc6330_code *code, splitmix *random,
                       uint32_t count, uint32_t *isis)
{
    for (uint32_t i = 0; i < count; i++) {
        isis[i] = (uint32_t)splitmix_below(random, 1u << 20);
        assert_true(codec_outputs_add(outputs, code, isis[i], i));
    }
}

/* Every row 0..count-1 once, as the sum that its ISI stands for. */
static void check(const codec_outputs *outputs, const rfc6330_code *code, const uint32_t *isis,
                  uint32_t count)
{
    static bool seen[MOST];
    const uint16_t *columns = outputs->operands;
    memset(seen, 0, sizeof seen);
    assert_int_equal(outputs->count, count);
    for (uint32_t i = 0; i < count; i++) {
        gf256_gather gather = outputs->gathers[i];
        uint16_t expected[RFC6330_MAX_COLUMNS];
        uint32_t lt;
        assert_in_range(gather.destination, 0, count - 1);
        assert_false(seen[gather.destination]);
        seen[gather.destination] = true;
        uint32_t all = rfc6330_lt_row(code, isis[gather.destination], expected, &lt);
        assert_int_equal(gather.input, GF256_NO_INPUT);
        assert_int_equal(gather.all, all);
        assert_memory_equal(columns, expected, all * sizeof *columns);
        columns += all;
    }
    assert_ptr_equal(columns, outputs->operands + outputs->operand_count);
}

static bool in_order(const codec_outputs *outputs)
{
    for (uint32_t i = 0; i < outputs->count; i++) {
        if (outputs->gathers[i].destination != i)
            return false;
    }
    return true;
}

static void the_order_changes_nothing_else(void **state)
{
    (void)state;
    static const uint32_t Ks[] = {1, 10, 95, 101, 1002, 10017, 56403};
    static const uint32_t counts[] = {0, 1, 2, 100, MOST};
    static uint32_t isis[MOST];
    splitmix random = {1};
    for (size_t k = 0; k < sizeof Ks / sizeof *Ks; k++) {
        rfc6330_code code;
        assert_true(rfc6330_code_for(Ks[k], &code));
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            codec_outputs outputs;
            assert_true(codec_outputs_begin(&outputs, MOST, &memory_system));
            add_random(&outputs, &code, &random, counts[i], isis);
            codec_outputs_arrange(&outputs);
            check(&outputs, &code, isis, counts[i]);
            if (counts[i] == MOST && Ks[k] > 1000)
                assert_false(in_order(&outputs));
            codec_outputs_clear(&outputs);
            add_random(&outputs, &code, &random, MOST, isis); /* and can be filled again */
            check(&outputs, &code, isis, MOST);
            codec_outputs_free(&outputs);
        }
    }
}

static void without_memory_they_stay(void **state)
{
    (void)state;
    static uint32_t isis[MOST];
    rfc6330_code code;
    splitmix random = {2};
    assert_true(rfc6330_code_for(1002, &code));
    for (uint64_t refused = 1; refused <= 3; refused++) {
        counting count = {0};
        rq_allocator allocator = counting_allocator(&count);
        codec_outputs outputs;
        assert_true(codec_outputs_begin(&outputs, MOST, &allocator));
        add_random(&outputs, &code, &random, MOST, isis);
        count.fail_at = count.calls + refused;
        codec_outputs_arrange(&outputs);
        assert_true(in_order(&outputs));
        check(&outputs, &code, isis, MOST);
        codec_outputs_free(&outputs);
        assert_int_equal(count.used, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_changes_nothing_else),
        cmocka_unit_test(without_memory_they_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
