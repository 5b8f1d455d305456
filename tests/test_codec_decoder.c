/* A decoder keeps repair symbols in rows of the buffer, and moves them as others come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rq.h"
#include "support/counting.h"
#include "support/packets.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

typedef struct object {
    rq_oti oti;
    uint8_t *data, *buffer, *packet;
    rq_encoder *encoder;
    counting count;
    rq_allocator allocator;
    rq_decoder *decoder;
} object;

static void begin(object *o, uint64_t F, uint16_t T, uint8_t Z, uint16_t N)
{
    *o = (object){.oti = {.F = F, .T = T, .Z = Z, .N = N, .Al = 4}};
    size_t size = (size_t)rq_oti_padded_size(&o->oti);
    o->data = malloc(size);
    o->buffer = malloc(size);
    o->packet = malloc(T + RQ_PAYLOAD_ID_SIZE);
    assert_true(o->data && o->buffer && o->packet);
    splitmix_fill(F, o->data, (size_t)F);
    memset(o->buffer, 0xEE, size);
    assert_int_equal(rq_encoder_create(&o->oti, o->data, NULL, &o->encoder), RQ_OK);
    o->allocator = counting_allocator(&o->count);
    assert_int_equal(rq_decoder_create(&o->oti, o->buffer, &o->allocator, &o->decoder), RQ_OK);
}

static void end(object *o)
{
    assert_true(rq_decoder_complete(o->decoder));
    assert_memory_equal(o->buffer, o->data, (size_t)o->oti.F);
    rq_decoder_free(o->decoder);
    rq_encoder_free(o->encoder);
    assert_int_equal(o->count.used, 0);
    free(o->data);
    free(o->buffer);
    free(o->packet);
}

/* A push that finds no memory may be made again. */
static void push(object *o, uint8_t sbn, uint32_t esi)
{
    size_t size = o->oti.T + RQ_PAYLOAD_ID_SIZE;
    assert_int_equal(rq_encoder_packet(o->encoder, sbn, esi, o->packet), RQ_OK);
    int status = rq_decoder_push(o->decoder, o->packet, size);
    if (status == RQ_ERROR_MEMORY) {
        o->count.fail_at = 0;
        status = rq_decoder_push(o->decoder, o->packet, size);
    }
    assert_int_equal(status, RQ_OK);
}

/* What is there already changes nothing. */
static void push_again(object *o, uint8_t sbn, uint32_t esi)
{
    uint32_t needed = rq_decoder_needed(o->decoder, sbn);
    push(o, sbn, esi);
    assert_int_equal(rq_decoder_needed(o->decoder, sbn), needed);
}

/* Of each source block's symbols some repair ones come, then source ones in any order, and so on,
 * some of them twice. */
static void check_mixed(uint64_t F, uint16_t T, uint8_t Z, uint16_t N, uint64_t seed)
{
    object o;
    splitmix random = {seed};
    begin(&o, F, T, Z, N);
    for (uint8_t sbn = 0; sbn < Z; sbn++) {
        uint32_t K = rq_oti_source_symbols(&o.oti, sbn), repair = K;
        uint64_t *order = malloc(K * sizeof *order);
        assert_non_null(order);
        for (uint32_t i = 0; i < K; i++)
            order[i] = i;
        if (seed % 3 > 0)
            packets_shuffle(&random, order, K);
        uint64_t repairs = splitmix_below(&random, 4);
        for (uint32_t i = 0; rq_decoder_needed(o.decoder, sbn) > 0;) {
            if (i == K || splitmix_below(&random, 4) < repairs)
                push(&o, sbn, repair++);
            else
                push(&o, sbn, (uint32_t)order[seed % 2 ? i : K - 1 - i]), i++;
            if (i > 0 && splitmix_below(&random, 8) == 0)
                push_again(&o, sbn, (uint32_t)order[seed % 2 ? i - 1 : K - i]);
            if (repair > K && splitmix_below(&random, 8) == 0)
                push_again(&o, sbn, repair - 1);
        }
        free(order);
    }
    end(&o);
}

static void symbols_move_as_others_come(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < (SUPPORT_SLOW_BUILD ? 20 : 200); seed++) {
        check_mixed(1 + seed * 7, 8, 1, 1, seed);
        check_mixed(9001 + seed, 20, 3, 1, seed);
        check_mixed(9001 + seed, 40, 2, 3, seed);
    }
}

static void repair_symbols_take_no_memory_besides(void **state)
{
    enum { K = 1000, T = 2560 };
    (void)state;
    object o;
    begin(&o, K * T, T, 1, 1);
    for (uint32_t esi = K; !rq_decoder_complete(o.decoder); esi++)
        push(&o, 0, esi);
    assert_true(o.count.peak < (size_t)K * T / 2);
    end(&o);
}

/* K repair symbols, of which one depends on the others. */
static void find_dependent(uint32_t K, uint32_t *esis)
{
    splitmix random = {K};
    int status = RQ_OK;
    while (status == RQ_OK) {
        rq_plan *plan = NULL;
        uint32_t first = K + (uint32_t)splitmix_below(&random, 1000000);
        for (uint32_t i = 0; i < K; i++)
            esis[i] = first + i;
        status = rq_plan_decode(K, esis, K, NULL, &plan);
        rq_plan_free(plan);
    }
    assert_int_equal(status, RQ_ERROR_DECODE);
}

/* All rows are taken and it takes one more: a repair symbol, or a source symbol whose row another
 * has. False if so many pieces of memory were not asked for. */
static bool completes_without(const uint32_t *esis, uint32_t last, uint64_t fail_at)
{
    enum { K = 10 };
    object o;
    begin(&o, K * 48 - 5, 48, 1, 2);
    o.count = (counting){.used = o.count.used, .fail_at = fail_at};
    for (uint32_t i = 0; i < K; i++)
        push(&o, 0, esis[i]);
    assert_int_equal(rq_decoder_needed(o.decoder, 0), 1);
    push(&o, 0, last);
    if (!rq_decoder_complete(o.decoder)) /* it depends on them, too */
        push(&o, 0, 5000000);
    bool failed = o.count.calls >= fail_at;
    end(&o);
    return failed;
}

static void what_finds_no_row_is_kept_besides(void **state)
{
    (void)state;
    uint32_t esis[10];
    find_dependent(10, esis);
    const uint32_t last[] = {0, 3, 9, 4000000};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        uint64_t fail_at = 1;
        while (completes_without(esis, last[i], fail_at))
            fail_at++;
        assert_in_range(fail_at, 5, 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_move_as_others_come),
        cmocka_unit_test(repair_symbols_take_no_memory_besides),
        cmocka_unit_test(what_finds_no_row_is_kept_besides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
