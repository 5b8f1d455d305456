/* Strips cover each column once; where symbols lie askew in memory, they end where cache lines do,
 * and nothing comes out differently. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/strips.h"
#include "rq.h"
#include "support/splitmix.h"

enum { LINE = 64 };

/* Every column of every sub-symbol, in order. Returns how many octets begin or end within a line
 * of the symbol at `data`, its two ends left aside. */
static uint32_t check_cover(const codec_strips *strips, const rq_oti *oti, uintptr_t data)
{
    uint32_t at = 0, padded = 0, askew = 0, widest = 0;
    for (uint32_t i = 0; i < strips->count; i++) {
        codec_strip strip = codec_strip_at(strips, i);
        assert_int_equal(strip.sub_start + strip.column, at);
        assert_true(strip.width > 0 && strip.column + strip.width <= strip.sub_width);
        assert_true(strip.column > 0 || strip.sub_block == 0 || at == strip.sub_start);
        assert_true(strip.padded_start >= padded);
        askew += strip.column > 0 && (data + at) % LINE != 0;
        padded = strip.padded_start + (strip.width + LINE - 1) / LINE * LINE;
        widest = strip.width > widest ? strip.width : widest;
        at += strip.width;
    }
    assert_int_equal(at, oti->T);
    assert_int_equal(padded, codec_padded_size(strips));
    assert_int_equal(widest, codec_strips_widest(strips));
    return askew;
}

static void strips_cover_symbols(void **state)
{
    (void)state;
    splitmix random = {1};
    for (int round = 0; round < 20000; round++) {
        uint8_t Al = splitmix_below(&random, 2) ? 8 : 1;
        uint32_t units = 1 + (uint32_t)splitmix_below(&random, 65535 / Al);
        uint32_t N = 1 + (uint32_t)splitmix_below(&random, units < 12 ? units : 12);
        rq_oti oti = {(uint64_t)units * Al * 20000, (uint16_t)(units * Al), 1, (uint16_t)N, Al};
        uint32_t limit = LINE + (uint32_t)splitmix_below(&random, 1000);
        codec_strips strips = codec_strips_of(&oti, limit);
        (void)check_cover(&strips, &oti, 0);
        assert_true(codec_strips_widest(&strips) <= limit);
        assert_int_equal(codec_strips_shift(&strips), 0);
        uintptr_t data = (uintptr_t)(4096 + splitmix_below(&random, 4096));
        strips = codec_strips_in(&oti, limit, (const void *)data); /* nothing is read there */
        (void)check_cover(&strips, &oti, data);
        assert_true(codec_strips_widest(&strips) < limit + LINE);
    }
}

static void strips_end_where_lines_do(void **state)
{
    (void)state;
    splitmix random = {2};
    for (int round = 0; round < 2000; round++) {
        uint32_t lines = 1 + (uint32_t)splitmix_below(&random, 40);
        uint32_t N = 1 + (uint32_t)splitmix_below(&random, lines < 4 ? lines : 4);
        rq_oti oti = {(uint64_t)lines * LINE * 50000, (uint16_t)(lines * LINE), 1, (uint16_t)N, 64};
        bool far = codec_is_far(50000, oti.T);
        uintptr_t data = (uintptr_t)(4096 + splitmix_below(&random, 4096));
        codec_strips strips = codec_strips_in(&oti, 256, (const void *)data);
        uint32_t askew = check_cover(&strips, &oti, data);
        if (far) {
            assert_int_equal(askew, 0);
            assert_int_equal(codec_strips_shift(&strips), data % LINE);
        } else {
            assert_int_equal(codec_strips_shift(&strips), 0);
        }
    }
}

/* ---- packets of data that lies askew ---- */

static void *allocate(size_t size)
{
    void *memory = aligned_alloc(LINE, (size + LINE - 1) / LINE * LINE);
    assert_non_null(memory);
    return memory;
}

typedef struct transfer {
    rq_oti oti;
    uint8_t *aligned, *data, *buffer; /* the object, it again, and where it is to be: askew */
    uint8_t *packets, *packet;
} transfer;

enum { REPAIRS = 600 };

/* Of so many source symbols one is lost. */
static void receive(const transfer *t, rq_encoder *encoder, uint32_t K, uint32_t every)
{
    size_t size = t->oti.T + 4u;
    rq_decoder *decoder = NULL;
    memset(t->buffer, 0x5a, (size_t)rq_oti_padded_size(&t->oti));
    assert_int_equal(rq_decoder_create(&t->oti, t->buffer, NULL, &decoder), RQ_OK);
    for (uint32_t esi = 0; esi < K; esi++) {
        if (esi % every == 0)
            continue;
        assert_int_equal(rq_encoder_packet(encoder, 0, esi, t->packet), RQ_OK);
        assert_int_equal(rq_decoder_push(decoder, t->packet, size), RQ_OK);
    }
    for (uint32_t i = 0; i < REPAIRS && !rq_decoder_complete(decoder); i++)
        assert_int_equal(rq_decoder_push(decoder, t->packets + i * size, size), RQ_OK);
    assert_true(rq_decoder_complete(decoder));
    assert_memory_equal(t->buffer, t->aligned, (size_t)t->oti.F);
    rq_decoder_free(decoder);
}

static void check_askew(uint32_t K, uint16_t T, uint16_t N, size_t askew, size_t buffer_askew)
{
    transfer t = {.oti = {(uint64_t)K * T - 5, T, 1, N, 64}};
    size_t F = (size_t)t.oti.F, size = T + 4u, block = (size_t)rq_oti_padded_size(&t.oti);
    rq_encoder *straight = NULL, *encoder = NULL;
    assert_true(codec_is_far(K, T));
    t.aligned = allocate(F);
    uint8_t *data = allocate(F + askew), *buffer = allocate(block + buffer_askew);
    t.data = data + askew;
    t.buffer = buffer + buffer_askew;
    t.packets = allocate(REPAIRS * size);
    t.packet = allocate(size);
    splitmix_fill(K, t.aligned, F);
    memcpy(t.data, t.aligned, F);
    assert_int_equal(rq_encoder_create(&t.oti, t.aligned, NULL, &straight), RQ_OK);
    assert_int_equal(rq_encoder_create(&t.oti, t.data, NULL, &encoder), RQ_OK);
    assert_int_equal(rq_encoder_packets(straight, 0, K, REPAIRS, t.packets), RQ_OK);
    for (uint32_t i = 0; i < REPAIRS; i += 97) { /* in passing, then by what is kept */
        assert_int_equal(rq_encoder_packet(encoder, 0, K + i, t.packet), RQ_OK);
        assert_memory_equal(t.packet, t.packets + i * size, size);
    }
    receive(&t, encoder, K, 10);
    receive(&t, encoder, K, 1000);
    rq_encoder_free(straight);
    rq_encoder_free(encoder);
    free(t.aligned);
    free(data);
    free(buffer);
    free(t.packets);
    free(t.packet);
}

static void packets_are_the_same_wherever_data_lies(void **state)
{
    (void)state;
    check_askew(5000, 1728, 1, 16, 16);
    check_askew(5000, 1728, 1, 63, 1);
    check_askew(5000, 1728, 3, 16, 48);
    check_askew(5500, 1600, 4, 17, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strips_cover_symbols),
        cmocka_unit_test(strips_end_where_lines_do),
        cmocka_unit_test(packets_are_the_same_wherever_data_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
