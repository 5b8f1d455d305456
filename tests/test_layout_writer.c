/* The text of a layout, octet for octet, and how the writer treats its sink. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout/layout.h"
#include "support/splitmix.h"

typedef struct sink {
    char text[1 << 16];
    size_t length;
    int calls, fail_at; /* the call that fails, from 1; 0: none */
} sink;

static int take(void *context, const void *data, size_t size)
{
    sink *to = context;
    if (++to->calls == to->fail_at)
        return -42;
    assert_true(size > 0 && size < sizeof to->text - to->length);
    memcpy(to->text + to->length, data, size);
    to->length += size;
    to->text[to->length] = '\0';
    return 0;
}

static sink *sink_open(int fail_at)
{
    sink *to = calloc(1, sizeof *to);
    assert_non_null(to);
    to->fail_at = fail_at;
    return to;
}

static const digest zero;

static void one_block(void **state)
{
    (void)state;
    static const char expected[] = "{\n"
                                   "  \"blocks\": [\n"
                                   "    {\n"
                                   "      \"block_id\": 0,\n"
                                   "      \"encoder_parameters\": [\n"
                                   "        0,\n        1,\n        9,\n        10,\n"
                                   "        99,\n        100,\n        255,\n        0,\n"
                                   "        0,\n        0,\n        0,\n        8\n"
                                   "      ],\n"
                                   "      \"original_offset\": 18446744073709551615,\n"
                                   "      \"size\": 10,\n"
                                   "      \"symbols\": [\n"
                                   "        \"11111111111111111111111111111111\",\n"
                                   "        \"11111111111111111111111111111111\"\n"
                                   "      ],\n"
                                   "      \"hash\": \"11111111111111111111111111111111\"\n"
                                   "    }\n"
                                   "  ]\n"
                                   "}";
    sink *to = sink_open(0);
    layout_writer writer;
    const layout_block block = {.encoder_parameters = {0, 1, 9, 10, 99, 100, 255, 0, 0, 0, 0, 8},
                                .original_offset = UINT64_MAX,
                                .size = 10};
    assert_int_equal(layout_write_begin(&writer, take, to), 0);
    assert_int_equal(layout_write_block_begin(&writer, &block), 0);
    assert_int_equal(layout_write_symbols(&writer, &zero, 1), 0);
    assert_int_equal(layout_write_symbols(&writer, NULL, 0), 0);
    assert_int_equal(layout_write_symbols(&writer, &zero, 1), 0);
    assert_int_equal(layout_write_block_end(&writer, &zero), 0);
    assert_int_equal(layout_write_end(&writer), 0);
    assert_string_equal(to->text, expected);
    free(to);
}

/* As serde_json prints what is empty. */
static void nothing_in_it(void **state)
{
    (void)state;
    sink *to = sink_open(0);
    layout_writer writer;
    const layout_block block = {.block_id = 7};
    layout_write_begin(&writer, take, to);
    assert_int_equal(layout_write_end(&writer), 0);
    assert_string_equal(to->text, "{\n  \"blocks\": []\n}");

    to->length = 0;
    layout_write_begin(&writer, take, to);
    layout_write_block_begin(&writer, &block);
    layout_write_block_end(&writer, NULL);
    layout_write_block_begin(&writer, &block);
    layout_write_block_end(&writer, NULL);
    assert_int_equal(layout_write_end(&writer), 0);
    assert_non_null(strstr(to->text, "\n      \"symbols\": [],\n      \"hash\": \"\"\n    },\n"
                                     "    {\n      \"block_id\": 7,\n"));
    free(to);
}

static int write_all(layout_writer *writer, sink *to, size_t symbols)
{
    const layout_block block = {0};
    digest symbol;
    layout_write_begin(writer, take, to);
    layout_write_block_begin(writer, &block);
    for (size_t i = 0; i < symbols; i++) {
        splitmix_fill(i, symbol.bytes, DIGEST_SIZE);
        layout_write_symbols(writer, &symbol, 1);
    }
    layout_write_block_end(writer, &zero);
    return layout_write_end(writer);
}

/* The buffer fills at every octet of the text for some number of symbols; none is lost. */
static void across_the_buffer(void **state)
{
    (void)state;
    sink *to = sink_open(0);
    layout_writer writer;
    for (size_t symbols = 60; symbols < 80; symbols++) {
        to->length = 0;
        assert_int_equal(write_all(&writer, to, symbols), 0);
        assert_int_equal(to->text[0], '{');
        assert_string_equal(to->text + to->length - 2, "\n}");
        size_t quotes = 0;
        for (size_t i = 0; i < to->length; i++)
            quotes += to->text[i] == '"';
        assert_int_equal(quotes, 2 * (7 + 1 + symbols));
    }
    free(to);
}

static void a_sink_that_fails(void **state)
{
    (void)state;
    for (int fail_at = 1; fail_at < 100; fail_at++) {
        sink *to = sink_open(fail_at);
        layout_writer writer;
        const int code = write_all(&writer, to, 500);
        const int calls = to->calls;
        free(to);
        if (code == 0) {
            assert_in_range(fail_at, 5, 20);
            assert_int_equal(calls, fail_at - 1);
            return;
        }
        assert_int_equal(code, -42);
        assert_int_equal(calls, fail_at); /* and never again after the failure */
    }
    fail_msg("the sink is called without end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_block),
        cmocka_unit_test(nothing_in_it),
        cmocka_unit_test(across_the_buffer),
        cmocka_unit_test(a_sink_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
