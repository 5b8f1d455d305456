/* Windows and pieces: every octet of a source block has one place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "object/pieces.h"
#include "object/shape.h"
#include "object/window.h"
#include "support/packets.h"

enum { CASES = 2000 };

static uint32_t strip_end(const codec_strip *strip)
{
    return strip->sub_start + strip->column + strip->width;
}

/* An object of one source block. */
static rq_oti random_oti(splitmix *random, uint32_t most_T)
{
    rq_oti oti = packets_random_oti(random, 40, most_T);
    oti.Z = 1;
    return oti;
}

static uint32_t random_width(splitmix *random)
{
    return 64 + (uint32_t)splitmix_below(random, 700);
}

/* ---- windows ---- */

/* Each row's octets of each strip, once and inside. */
static void check_places(const codec_strips *strips, const window *w, uint32_t rows)
{
    size_t size = (size_t)rows * w->columns;
    uint8_t *taken = calloc(size, 1);
    assert_non_null(taken);
    for (uint32_t i = 0; i < w->strip_count; i++) {
        codec_strip strip = codec_strip_at(strips, w->first_strip + i);
        window_place place = window_place_of(w, &strip, rows);
        for (uint32_t r = 0; r < rows; r++) {
            size_t at = place.offset + r * place.stride;
            assert_true(at + strip.width <= size);
            for (uint32_t c = 0; c < strip.width; c++)
                assert_int_equal(taken[at + c]++, 0);
        }
    }
    assert_null(memchr(taken, 0, size));
    free(taken);
}

static void windows_tile_the_strips(void **state)
{
    (void)state;
    splitmix random = {3};
    for (int i = 0; i < CASES; i++) {
        rq_oti oti = random_oti(&random, 3000);
        codec_strips strips = codec_strips_of(&oti, random_width(&random));
        uint32_t most = (uint32_t)splitmix_below(&random, 2u * oti.T);
        uint32_t strip = 0, column = 0, rows = 1 + (uint32_t)splitmix_below(&random, 5);
        while (strip < strips.count) {
            window w = window_at(&strips, strip, most);
            codec_strip first = codec_strip_at(&strips, strip);
            assert_true(w.strip_count > 0 && w.first_strip == strip);
            assert_int_equal(w.start, column);
            assert_true(w.columns <= most || (w.strip_count == 1 && w.columns == first.width));
            assert_true(!w.whole || first.column == 0);
            check_places(&strips, &w, rows);
            strip += w.strip_count;
            column += w.columns;
            codec_strip last = codec_strip_at(&strips, strip - 1);
            assert_int_equal(strip_end(&last), column);
            assert_true(!w.whole || last.column + last.width == last.sub_width);
        }
        assert_int_equal(strip, strips.count);
        assert_int_equal(column, oti.T);
    }
}

/* A whole window lies as the block does. */
static void a_whole_window_is_a_piece_of_the_block(void **state)
{
    (void)state;
    splitmix random = {4};
    for (int i = 0; i < CASES; i++) {
        rq_oti oti = random_oti(&random, 3000);
        codec_strips strips = codec_strips_of(&oti, random_width(&random));
        uint32_t K = rq_oti_source_symbols(&oti, 0);
        window w = window_at(&strips, 0, oti.T);
        assert_true(w.whole);
        assert_int_equal(w.strip_count, strips.count);
        for (uint32_t s = 0; s < strips.count; s++) {
            codec_strip strip = codec_strip_at(&strips, s);
            window_place place = window_place_of(&w, &strip, K);
            assert_int_equal(place.offset, codec_strip_offset(&strip, K, 0));
            assert_int_equal(place.stride, strip.sub_width);
        }
    }
}

/* ---- pieces ---- */

typedef struct piece_file {
    const uint8_t *data;
    uint64_t size;
    bool fail;
} piece_file;

static int read_pieces(void *context, uint64_t offset, uint8_t *buffer, size_t size,
                       rq_error *error)
{
    const piece_file *p = context;
    (void)error;
    assert_true(offset <= p->size && size <= p->size - offset);
    memcpy(buffer, p->data + offset, size);
    return p->fail ? RQ_ERROR_IO : RQ_OK;
}

/* Cuts rows of T octets into pieces, strip by strip, each padded to units of 64 if so wanted. */
static void cut(const codec_strips *strips, const uint8_t *rows, uint32_t count, uint32_t T,
                bool padded, uint8_t *data)
{
    for (uint32_t s = 0; s < strips->count; s++) {
        codec_strip strip = codec_strip_at(strips, s);
        for (uint32_t r = 0; r < count; r++) {
            memcpy(data, rows + (size_t)r * T + strip.sub_start + strip.column, strip.width);
            data += padded ? codec_stride(strip.width) : strip.width;
        }
    }
}

/* Rows first to first + count - 1, and nothing else written. */
static void check_rows(const uint8_t *buffer, const uint8_t *rows, uint32_t count, uint32_t T)
{
    size_t stride = shape_row_stride(T);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *row = buffer + i * stride;
        assert_memory_equal(row + SHAPE_ROW_LEAD, rows + (size_t)i * T, T);
        for (size_t c = 0; c < stride; c++)
            assert_true((c >= SHAPE_ROW_LEAD && c < SHAPE_ROW_LEAD + T) || row[c] == 0xA5);
    }
}

static void symbols_are_put_together_from_pieces(void **state)
{
    (void)state;
    splitmix random = {5};
    for (int i = 0; i < CASES / 4; i++) {
        rq_oti oti = random_oti(&random, i % 10 == 0 ? 65535 : 2000);
        uint32_t T = oti.T, count = 1 + (uint32_t)splitmix_below(&random, 60);
        uint32_t widest = i % 2 ? random_width(&random) : CODEC_WHOLE_SUB_BLOCKS;
        codec_strips strips = codec_strips_of(&oti, widest);
        bool padded = splitmix_below(&random, 2);
        size_t length = padded ? codec_padded_size(&strips) : T;
        uint8_t *rows = malloc((size_t)count * T), *data = calloc(count, length);
        uint8_t *buffer = malloc(count * shape_row_stride(T));
        assert_true(rows && data && buffer);
        splitmix_fill((uint64_t)i, rows, (size_t)count * T);
        cut(&strips, rows, count, T, padded, data);
        piece_file p = {data, (uint64_t)count * length, false};
        pieces from = {&strips, count, padded};
        uint32_t first = (uint32_t)splitmix_below(&random, count);
        uint32_t some = 1 + (uint32_t)splitmix_below(&random, count - first);
        rq_error error;
        memset(buffer, 0xA5, count * shape_row_stride(T));
        assert_int_equal(
            pieces_read(&from, first, some, buffer, shape_row_stride(T), read_pieces, &p, &error),
            RQ_OK);
        check_rows(buffer, rows + (size_t)first * T, some, T);
        memset(buffer, 0xA5, count * shape_row_stride(T));
        pieces_gather(&from, data, first, some, buffer, shape_row_stride(T));
        check_rows(buffer, rows + (size_t)first * T, some, T);
        p.fail = true;
        assert_int_equal(
            pieces_read(&from, first, some, buffer, shape_row_stride(T), read_pieces, &p, &error),
            RQ_ERROR_IO);
        free(rows);
        free(data);
        free(buffer);
    }
}

static void source_symbols_are_taken_from_a_block_in_memory(void **state)
{
    (void)state;
    splitmix random = {6};
    for (int i = 0; i < CASES / 4; i++) {
        rq_oti oti = random_oti(&random, 2000);
        uint32_t T = oti.T, K = rq_oti_source_symbols(&oti, 0);
        oti.F = (uint64_t)K * T; /* without padding */
        uint8_t *block = malloc((size_t)K * T), *rows = malloc((size_t)K * T);
        uint8_t *buffer = malloc(K * shape_row_stride(T));
        assert_true(block && rows && buffer);
        splitmix_fill((uint64_t)i, block, (size_t)K * T);
        for (uint32_t esi = 0; esi < K; esi++)
            packets_source_symbol(&oti, block, 0, esi, rows + (size_t)esi * T);
        uint32_t first = (uint32_t)splitmix_below(&random, K);
        memset(buffer, 0xA5, K * shape_row_stride(T));
        codec_strips sub_blocks = codec_strips_of(&oti, CODEC_WHOLE_SUB_BLOCKS);
        pieces from = {&sub_blocks, K, false};
        pieces_gather(&from, block, first, K - first, buffer, shape_row_stride(T));
        check_rows(buffer, rows + (size_t)first * T, K - first, T);
        free(block);
        free(rows);
        free(buffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_tile_the_strips),
        cmocka_unit_test(a_whole_window_is_a_piece_of_the_block),
        cmocka_unit_test(symbols_are_put_together_from_pieces),
        cmocka_unit_test(source_symbols_are_taken_from_a_block_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
