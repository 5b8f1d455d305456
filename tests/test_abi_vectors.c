/* Every case of vectors/rq-library/cases.json through the session ABI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest/digest.h"
#include "rq-library.h"
#include "support/files.h"
#include "support/json.h"
#include "support/sanitizer.h"
#include "support/sha256.h"
#include "support/splitmix.h"

enum { MAX_CASES = 100, NAME = 64 };

typedef struct golden {
    char name[NAME];
    json fields;
    char *input;
    size_t size;
    uintptr_t session, block_size;
    char folder[FILES_PATH], input_path[FILES_PATH], symbols[FILES_PATH], layout[FILES_PATH];
    char *result; /* buffer */
    size_t result_size;
} golden;

static uint64_t field(const golden *test, const char *name)
{
    return json_number(json_member(test->fields, name));
}

/* ---- what is expected ---- */

static char *with_number(char *text, json value, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *changed = json_replace(text, value, digits);
    free(text);
    return changed;
}

/* The reference counts the repair symbols of one source block only and takes all others for source
 * symbols, so with several source blocks its counts are wrong, and put right here. */
static char *with_right_counts(char *text)
{
    size_t blocks = json_count(json_member(json_of(text), "blocks"));
    uint64_t total_repair = 0;
    for (size_t i = 0; i < blocks; i++) {
        json block = json_element(json_member(json_of(text), "blocks"), i);
        json source_symbols = json_member(block, "source_symbols_count");
        uint64_t Z = json_number(json_element(json_member(block, "encoder_parameters"), 8));
        uint64_t symbols = json_number(json_member(block, "symbols_count"));
        uint64_t repair = Z * (symbols - json_number(source_symbols));
        total_repair += repair;
        text = with_number(text, source_symbols, symbols - repair);
    }
    return with_number(text, json_member(json_of(text), "total_repair_symbols"), total_repair);
}

static char *with_string(char *text, const char *member, const char *string)
{
    char quoted[FILES_PATH + 2];
    snprintf(quoted, sizeof quoted, "\"%s\"", string);
    char *changed = json_replace(text, json_member(json_of(text), member), quoted);
    free(text);
    return changed;
}

/* The result text, symbols_directory and layout_file_path being those. */
static char *expected_result(const golden *test, const char *directory, const char *layout)
{
    char *text = with_right_counts(json_compact(json_member(test->fields, "result")));
    text = with_string(text, "symbols_directory", directory);
    return with_string(text, "layout_file_path", layout);
}

static void assert_result(const golden *test, const char *directory, const char *layout)
{
    char *expected = expected_result(test, directory, layout);
    assert_string_equal(test->result, expected);
    free(expected);
}

static void assert_layout(const golden *test, const void *layout, size_t size)
{
    char expected[65], found[65];
    json_string(json_member(test->fields, "layout_sha256"), expected, sizeof expected);
    sha256_hex(layout, size, found);
    assert_int_equal(size, field(test, "layout_bytes"));
    assert_string_equal(found, expected);
}

static void assert_layout_file(const golden *test, const char *path)
{
    size_t size;
    char *layout = files_read(path, &size);
    assert_layout(test, layout, size);
    free(layout);
}

/* ---- the steps of a case ---- */

static void golden_open(golden *test)
{
    char expected[65], found[65];
    files_temporary(test->folder);
    files_join(test->input_path, test->folder, "input");
    files_join(test->symbols, test->folder, "symbols");
    files_join(test->layout, test->symbols, "_raptorq_layout.json");
    test->size = (size_t)field(test, "file_size");
    test->input = malloc(test->size + 1);
    test->result_size = 2 * (size_t)field(test, "layout_bytes") + 65536;
    test->result = malloc(test->result_size);
    assert_true(test->input != NULL && test->result != NULL);
    splitmix_fill(field(test, "seed"), test->input, test->size);
    json_string(json_member(test->fields, "input_sha256"), expected, sizeof expected);
    sha256_hex(test->input, test->size, found);
    assert_string_equal(found, expected);
    files_write(test->input_path, test->input, test->size);
    test->block_size = (uintptr_t)field(test, "block_size");
    test->session = raptorq_init_session((uint16_t)field(test, "symbol_size"),
                                         (uint8_t)field(test, "redundancy_factor"),
                                         field(test, "max_memory_mb"), 4);
    assert_int_not_equal(test->session, 0);
}

static void golden_close(golden *test)
{
    assert_true(raptorq_free_session(test->session));
    files_remove(test->folder);
    free(test->result);
    free(test->input);
}

static void assert_code(const golden *test, int32_t code)
{
    int64_t expected = json_integer(json_member(test->fields, "return_code"));
    if (code != expected) {
        char error[1024] = "";
        raptorq_get_last_error(test->session, error, sizeof error);
        fail_msg("%s: returned %d, not %d: %s", test->name, (int)code, (int)expected, error);
    }
}

typedef struct symbol_check {
    const char *folder;
    uint64_t symbol_size, seen, every;
} symbol_check;

/* Names are checked against the layout's hash, here only that a file is what its name says. */
static void check_symbol(void *context, const char *name)
{
    symbol_check *check = context;
    char path[FILES_PATH];
    files_join(path, check->folder, name);
    assert_int_equal(files_size(path), check->symbol_size + 4);
    if (check->seen++ % check->every == 0) {
        digest value;
        char right[DIGEST_NAME_SIZE];
        char *symbol = files_read(path, NULL);
        digest_of(symbol, (size_t)check->symbol_size + 4, &value);
        digest_name(&value, right);
        assert_string_equal(name, right);
        free(symbol);
    }
}

static void check_symbols(const golden *test)
{
    json blocks = json_member(json_member(test->fields, "result"), "blocks");
    json block = {NULL, 0};
    uint64_t files = 0;
    while ((block = json_next(blocks, block)).text != NULL) {
        json parameters = json_member(block, "encoder_parameters");
        char folder[FILES_PATH];
        snprintf(folder, sizeof folder, "%.900s/block_%llu", test->symbols,
                 (unsigned long long)json_number(json_member(block, "block_id")));
        symbol_check check = {folder, 0, 0, field(test, "symbol_files") > 10000 ? 50 : 1};
        check.symbol_size = json_number(json_element(parameters, 6)) << 8 |
                            json_number(json_element(parameters, 7));
        files += files_list(folder, check_symbol, &check);
    }
    assert_int_equal(files, field(test, "symbol_files"));
    assert_int_equal(files_list(test->symbols, NULL, NULL), json_count(blocks) + 1);
}

static void check_encode(const golden *test)
{
    int32_t code = raptorq_encode_file(test->session, test->input_path, test->symbols,
                                       test->block_size, test->result, test->result_size);
    assert_code(test, code);
    if (code == RAPTORQ_OK) {
        assert_result(test, test->symbols, test->layout);
        assert_layout_file(test, test->layout);
        check_symbols(test);
    }
}

static void check_decode(const golden *test)
{
    char output[FILES_PATH];
    files_join(output, test->folder, "output");
    assert_int_equal(raptorq_decode_symbols(test->session, test->symbols, output, test->layout),
                     RAPTORQ_OK);
    assert_true(files_equal(output, test->input, test->size));
    files_remove(output);
}

static void check_metadata_file(const golden *test)
{
    char layout[FILES_PATH];
    files_join(layout, test->folder, "layout.json");
    assert_code(test, raptorq_create_metadata(test->session, test->input_path, layout,
                                              test->block_size, test->result, test->result_size));
    assert_result(test, "", layout);
    assert_layout_file(test, layout);
}

/* layout_content ends the result: a string with the escapes \n and \" only. */
static void check_metadata_content(const golden *test)
{
    assert_code(test, raptorq_create_metadata(test->session, test->input_path, "", test->block_size,
                                              test->result, test->result_size));
    json content = json_member(json_of(test->result), "layout_content");
    assert_non_null(content.text);
    char *layout = malloc(content.length);
    assert_non_null(layout);
    size_t used = 0;
    for (size_t i = 1; i + 1 < content.length; i++) {
        bool escaped = content.text[i] == '\\';
        i += escaped;
        layout[used++] = escaped && content.text[i] == 'n' ? '\n' : content.text[i];
    }
    assert_layout(test, layout, used);
    free(layout);
    char *cut = test->result + (content.text - test->result) - strlen(",\"layout_content\":");
    strcpy(cut, "}");
    assert_result(test, "", "");
}

static void run_case(void **state)
{
    golden *test = *state;
    golden_open(test);
    check_encode(test);
    if (json_integer(json_member(test->fields, "return_code")) == RAPTORQ_OK) {
        check_decode(test);
        files_remove(test->symbols);
        check_metadata_file(test);
        check_metadata_content(test);
    } else {
        assert_false(files_exists(test->symbols));
    }
    golden_close(test);
}

/* ---- */

/* Under a sanitizer the long ones would take minutes. */
static bool is_wanted(const golden *test)
{
    return !SUPPORT_SLOW_BUILD || getenv("RQ_TEST_LONG") != NULL ||
           field(test, "file_size") <= 3000000;
}

int main(void)
{
    static golden tests[MAX_CASES];
    static struct CMUnitTest runs[MAX_CASES];
    char *text = files_read_test_data("vectors/rq-library/cases.json");
    json cases = json_of(text);
    json fields = {NULL, 0};
    size_t count = 0;
    while ((fields = json_next(cases, fields)).text != NULL && count < MAX_CASES) {
        golden *test = &tests[count];
        test->fields = fields;
        json_string(json_member(fields, "name"), test->name, sizeof test->name);
        if (is_wanted(test)) {
            runs[count] = (struct CMUnitTest){test->name, run_case, NULL, NULL, test};
            count++;
        }
    }
    int failures = _cmocka_run_group_tests("cases", runs, count, NULL, NULL);
    free(text);
    return failures;
}
