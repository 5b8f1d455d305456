/* The result JSON against the golden ones, and its strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout/result.h"
#include "support/counting.h"
#include "support/files.h"
#include "support/json.h"

enum { MAX_BLOCKS = 100 };

/* Writes the result and checks that it is expected, measured right and given back whole. */
static void check_result(const result_view *view, const char *expected)
{
    counting count = {0};
    const rq_allocator allocator = counting_allocator(&count);
    result_text text;
    assert_int_equal(result_length(view), strlen(expected));
    assert_int_equal(result_write(view, &allocator, &text), RQ_OK);
    assert_string_equal(text.text, expected);
    assert_int_equal(text.length, strlen(expected));
    result_text_free(&text);
    assert_null(text.text);
    assert_int_equal(count.used, 0);
    assert_int_equal(count.calls, 1);
}

static uint64_t number(json object, const char *name)
{
    return json_number(json_member(object, name));
}

static void read_block(json from, rq_block_info *block)
{
    const json parameters = json_member(from, "encoder_parameters");
    block->block_id = number(from, "block_id");
    for (size_t i = 0; i < sizeof block->encoder_parameters; i++)
        block->encoder_parameters[i] = (uint8_t)json_number(json_element(parameters, i));
    block->original_offset = number(from, "original_offset");
    block->size = number(from, "size");
    block->symbols_count = number(from, "symbols_count");
    block->source_symbols_count = number(from, "source_symbols_count");
    json_string(json_member(from, "hash"), block->hash, sizeof block->hash);
}

static void golden_results(void **state)
{
    (void)state;
    char *file = files_read_test_data("vectors/rq-library/cases.json");
    rq_block_info blocks[MAX_BLOCKS];
    size_t checked = 0;
    for (json one = json_next(json_of(file), (json){0}); one.text;
         one = json_next(json_of(file), one)) {
        const json result = json_member(one, "result");
        if (!result.text)
            continue;
        char directory[64], path[64];
        const json list = json_member(result, "blocks");
        json_string(json_member(result, "symbols_directory"), directory, sizeof directory);
        json_string(json_member(result, "layout_file_path"), path, sizeof path);
        const result_view view = {.total_symbols_count = number(result, "total_symbols_count"),
                                  .total_repair_symbols = number(result, "total_repair_symbols"),
                                  .symbols_directory = directory,
                                  .blocks = blocks,
                                  .block_count = json_count(list),
                                  .layout_file_path = path};
        assert_in_range(view.block_count, 1, MAX_BLOCKS);
        for (size_t i = 0; i < view.block_count; i++)
            read_block(json_element(list, i), &blocks[i]);
        char *expected = json_compact(result);
        check_result(&view, expected);
        free(expected);
        checked++;
    }
    assert_true(checked >= 25);
    free(file);
}

#define WITH_STRINGS(directory, path)                                                              \
    "{\"total_symbols_count\":0,\"total_repair_symbols\":0,\"symbols_directory\":\"" directory     \
    "\",\"blocks\":[],\"layout_file_path\":\"" path "\""

static void strings(void **state)
{
    (void)state;
    result_view view = {.symbols_directory = "", .layout_file_path = ""};
    check_result(&view, WITH_STRINGS("", "") "}");

    view.symbols_directory = "quote \" backslash \\ slash / del \x7f";
    view.layout_file_path = "\b\f\n\r\t\x01\x0b\x1f ";
    check_result(&view, WITH_STRINGS("quote \\\" backslash \\\\ slash / del \x7f",
                                     "\\b\\f\\n\\r\\t\\u0001\\u000b\\u001f ") "}");

    view.symbols_directory = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"; /* two, three, four octets */
    view.layout_file_path = "\\\\\"\"";
    check_result(&view,
                 WITH_STRINGS("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\\\\\\\\\\\"\\\"") "}");
}

/* Paths may hold any octets, JSON may not. */
static void foreign_octets(void **state)
{
    (void)state;
    const result_view view = {.symbols_directory = "\xff\xc0\x80 \xed\xa0\x80",
                              .layout_file_path = "\xc3\xa9\xc3"};
#define UNKNOWN "\xef\xbf\xbd"
    check_result(&view, WITH_STRINGS(UNKNOWN UNKNOWN UNKNOWN " " UNKNOWN UNKNOWN UNKNOWN,
                                     "\xc3\xa9" UNKNOWN) "}");
#undef UNKNOWN
}

/* layout_content is as long as it says, whatever follows it or lies within. */
static void content(void **state)
{
    (void)state;
    result_view view = {.symbols_directory = "d",
                        .layout_file_path = "p",
                        .layout_content = "{\n  \"a\": \"b\"\n}...",
                        .layout_content_length = 14};
    check_result(&view,
                 WITH_STRINGS("d", "p") ",\"layout_content\":\"{\\n  \\\"a\\\": \\\"b\\\"\\n}\"}");
    view.layout_content = "a\0b";
    view.layout_content_length = 3;
    check_result(&view, WITH_STRINGS("d", "p") ",\"layout_content\":\"a\\u0000b\"}");
    view.layout_content_length = 0;
    check_result(&view, WITH_STRINGS("d", "p") ",\"layout_content\":\"\"}");
}

static void largest_numbers(void **state)
{
    (void)state;
    const rq_block_info block = {.block_id = UINT64_MAX,
                                 .original_offset = UINT64_MAX - 1,
                                 .size = UINT64_C(10000000000000000000),
                                 .symbols_count = UINT64_C(9999999999999999999),
                                 .source_symbols_count = 10};
    const result_view view = {.total_symbols_count = UINT64_MAX,
                              .symbols_directory = "",
                              .blocks = &block,
                              .block_count = 1,
                              .layout_file_path = ""};
    check_result(&view, "{\"total_symbols_count\":18446744073709551615,\"total_repair_symbols\":0,"
                        "\"symbols_directory\":\"\",\"blocks\":[{\"block_id\":18446744073709551615,"
                        "\"encoder_parameters\":[0,0,0,0,0,0,0,0,0,0,0,0],"
                        "\"original_offset\":18446744073709551614,\"size\":10000000000000000000,"
                        "\"symbols_count\":9999999999999999999,\"source_symbols_count\":10,"
                        "\"hash\":\"\"}],\"layout_file_path\":\"\"}");
}

static void no_memory(void **state)
{
    (void)state;
    counting count = {.fail_at = 1};
    const rq_allocator allocator = counting_allocator(&count);
    const result_view view = {.symbols_directory = "", .layout_file_path = ""};
    result_text text;
    assert_int_equal(result_write(&view, &allocator, &text), RQ_ERROR_MEMORY);
    assert_null(text.text);
    result_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_results), cmocka_unit_test(strings),
        cmocka_unit_test(content),        cmocka_unit_test(largest_numbers),
        cmocka_unit_test(no_memory),      cmocka_unit_test(foreign_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
