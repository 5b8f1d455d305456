/* raptorq_encode_file and raptorq_create_metadata: every row of their table of codes, and what an
 * encoding does to the folder that it goes to. */
#define _XOPEN_SOURCE     700
#define _FILE_OFFSET_BITS 64
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/digest.h"
#include "rq-library.h"
#include "support/json.h"
#include "support/sample.h"

/* Both functions, which fail alike. */
typedef int32_t encode_function(uintptr_t session, const char *input, const char *output,
                                uintptr_t block_size, char *result, uintptr_t result_size);
static encode_function *const functions[] = {raptorq_encode_file, raptorq_create_metadata};

static char result[65536];

/* ---- codes ---- */

static void null_pointers_are_named(void **state)
{
    (void)state;
    uintptr_t session = raptorq_init_session(1280, 2, 64, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_failure(session, functions[i](session, NULL, "x", 0, result, sizeof result),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, "input");
        assert_failure(session, functions[i](session, "x", NULL, 0, result, sizeof result),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, i == 0 ? "output" : "layout");
        assert_failure(session, functions[i](session, "x", "x", 0, NULL, sizeof result),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, "result");
    }
    assert_true(raptorq_free_session(session));
}

static void paths_must_be_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80",
                                      "\xF5\x80\x80\x80"};
    uintptr_t session = raptorq_init_session(1280, 2, 64, 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_failure(session, raptorq_encode_file(session, bad[i], "x", 0, result, 65536),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, "UTF-8");
        assert_failure(session, raptorq_encode_file(session, "x", bad[i], 0, result, 65536),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, "UTF-8");
        assert_failure(session, raptorq_create_metadata(session, "x", bad[i], 0, result, 65536),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, "UTF-8");
    }
    assert_true(raptorq_free_session(session));
}

static void a_missing_input_is_not_found(void **state)
{
    (void)state;
    struct sample sample;
    char missing[FILES_PATH], target[FILES_PATH], expected[2 * FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    files_join(missing, sample.folder, "missing");
    files_join(target, sample.folder, "target");
    snprintf(expected, sizeof expected,
             "File is not found: Failed to open file \"%s\": No such file or directory "
             "(os error 2)",
             missing);
    for (size_t i = 0; i < 2; i++) {
        char error[2 * FILES_PATH];
        assert_int_equal(functions[i](sample.session, missing, target, 0, result, sizeof result),
                         RAPTORQ_ERROR_FILE_NOT_FOUND);
        assert_int_equal(raptorq_get_last_error(sample.session, error, sizeof error), 0);
        assert_string_equal(error, expected);
        assert_false(files_exists(target));
    }
    sample_close(&sample);
}

static void an_empty_input_cannot_be_encoded(void **state)
{
    (void)state;
    struct sample sample;
    char empty[FILES_PATH], target[FILES_PATH], expected[2 * FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    files_join(empty, sample.folder, "empty");
    files_join(target, sample.folder, "target");
    files_write(empty, "", 0);
    snprintf(expected, sizeof expected, "Encoding failed: File is empty: \"%s\"", empty);
    for (size_t i = 0; i < 2; i++) {
        char error[2 * FILES_PATH];
        assert_int_equal(functions[i](sample.session, empty, target, 0, result, sizeof result),
                         RAPTORQ_ERROR_ENCODING_FAILED);
        assert_int_equal(raptorq_get_last_error(sample.session, error, sizeof error), 0);
        assert_string_equal(error, expected);
        assert_false(files_exists(target));
    }
    sample_close(&sample);
}

static void more_source_blocks_than_there_can_be_are_refused(void **state)
{
    (void)state;
    struct sample sample;
    char target[FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    files_join(target, sample.folder, "target");
    assert_int_equal(truncate(sample.input, 255 * 56403 + 1), 0);
    uintptr_t session = raptorq_init_session(1, 1, 1024, 1);
    for (size_t i = 0; i < 2; i++) {
        int32_t code = functions[i](session, sample.input, target, 1 << 30, result, sizeof result);
        assert_failure(session, code, RAPTORQ_ERROR_ENCODING_FAILED, "");
        assert_false(files_exists(target));
    }
    assert_true(raptorq_free_session(session));
    sample_close(&sample);
}

static void a_limit_below_the_working_set_is_refused(void **state)
{
    (void)state;
    struct sample sample;
    char target[FILES_PATH], error[1024];
    unsigned required = 0, available = 0;
    sample_open(&sample, 100, 64, 2, 0);
    files_join(target, sample.folder, "target");
    assert_int_equal(truncate(sample.input, 56403 * 64), 0);
    uintptr_t session = raptorq_init_session(64, 2, 1, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            functions[i](session, sample.input, target, 1 << 30, result, sizeof result),
            RAPTORQ_ERROR_MEMORY_LIMIT);
        assert_int_equal(raptorq_get_last_error(session, error, sizeof error), 0);
        assert_int_equal(sscanf(error, "Memory limit exceeded. Required: %uMB, Available: %uMB",
                                &required, &available),
                         2);
        assert_in_range(required, 2, 48);
        assert_int_equal(available, 1);
        assert_false(files_exists(target));
    }
    assert_true(raptorq_free_session(session));
    session = raptorq_init_session(64, 2, required, 1);
    assert_int_equal(
        raptorq_encode_file(session, sample.input, target, 1 << 30, result, sizeof result),
        RAPTORQ_OK);
    assert_true(raptorq_free_session(session));
    sample_close(&sample);
}

static void folders_are_no_input(void **state)
{
    (void)state;
    struct sample sample;
    char target[FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    files_join(target, sample.folder, "target");
    for (size_t i = 0; i < 2; i++) {
        assert_failure(sample.session,
                       functions[i](sample.session, sample.block, target, 0, result, 65536),
                       RAPTORQ_ERROR_IO, sample.block);
        assert_false(files_exists(target));
    }
    sample_close(&sample);
}

static void what_cannot_be_written_is_named(void **state)
{
    (void)state;
    struct sample sample;
    char target[FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    assert_failure(
        sample.session,
        raptorq_encode_file(sample.session, sample.input, sample.input, 0, result, 65536),
        RAPTORQ_ERROR_IO, sample.input);
    files_join(target, sample.input, "below");
    assert_failure(sample.session,
                   raptorq_encode_file(sample.session, sample.input, target, 0, result, 65536),
                   RAPTORQ_ERROR_IO, sample.input);
    assert_failure(
        sample.session,
        raptorq_create_metadata(sample.session, sample.input, sample.block, 0, result, 65536),
        RAPTORQ_ERROR_IO, sample.block);
    assert_true(files_equal(sample.input, sample.data, sample.size));
    sample_close(&sample);
}

static void metadata_makes_no_folder(void **state)
{
    (void)state;
    struct sample sample;
    char folder[FILES_PATH], layout[FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    files_join(folder, sample.folder, "folder");
    files_join(layout, folder, "layout.json");
    assert_failure(sample.session,
                   raptorq_create_metadata(sample.session, sample.input, layout, 0, result, 65536),
                   RAPTORQ_ERROR_IO, layout);
    assert_false(files_exists(folder));
    sample_close(&sample);
}

static void metadata_writes_the_layout_alone(void **state)
{
    (void)state;
    struct sample sample;
    char layout[FILES_PATH];
    size_t size;
    sample_open(&sample, 10000, 64, 3, 3000);
    char *right = files_read(sample.layout, &size);
    files_join(layout, sample.folder, "layout.json");
    assert_int_equal(
        raptorq_create_metadata(sample.session, sample.input, layout, 3000, result, sizeof result),
        RAPTORQ_OK);
    assert_true(files_equal(layout, right, size));
    assert_int_equal(files_list(sample.folder, NULL, NULL), 3); /* input, symbols, layout */
    free(right);
    sample_close(&sample);
}

/* ---- the result buffer ---- */

static void a_hopeless_buffer_is_refused_before_any_work(void **state)
{
    (void)state;
    struct sample sample;
    char target[FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    files_join(target, sample.folder, "target");
    for (size_t i = 0; i < 2; i++) {
        for (size_t size = 0; size < 100; size += 7) {
            assert_int_equal(functions[i](sample.session, sample.input, target, 0, result, size),
                             RAPTORQ_ERROR_BUFFER_TOO_SMALL);
            assert_false(files_exists(target));
            char error[1024], given[64];
            (void)snprintf(given, sizeof given, ", %zu were given", size);
            assert_int_equal(raptorq_get_last_error(sample.session, error, sizeof error), 0);
            assert_non_null(strstr(error, given));
        }
    }
    sample_close(&sample);
}

/* The largest number in a text. */
static size_t largest_number(const char *text)
{
    size_t largest = 0;
    while (*text != '\0') {
        size_t length = strspn(text, "0123456789");
        size_t number = length > 0 ? strtoul(text, NULL, 10) : 0;
        largest = number > largest ? number : largest;
        text += length > 0 ? length : 1;
    }
    return largest;
}

static void the_needed_length_is_told(void **state)
{
    (void)state;
    struct sample sample;
    char target[FILES_PATH], error[1024];
    sample_open(&sample, 10000, 64, 2, 0);
    files_join(target, sample.folder, "target");
    assert_int_equal(
        raptorq_encode_file(sample.session, sample.input, target, 1000, result, sizeof result),
        RAPTORQ_OK);
    size_t length = strlen(result);
    files_remove(target);
    assert_int_equal(
        raptorq_encode_file(sample.session, sample.input, target, 1000, result, length),
        RAPTORQ_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(raptorq_get_last_error(sample.session, error, sizeof error), 0);
    assert_in_range(largest_number(error), length, length + 1);
    assert_int_equal(
        raptorq_encode_file(sample.session, sample.input, target, 1000, result, length + 1),
        RAPTORQ_OK);
    assert_int_equal(strlen(result), length);
    sample_close(&sample);
}

static void paths_stay_raw_in_the_result(void **state)
{
    (void)state;
    static const char name[] = "s\xC3\xBF \xE6\x97\xA5\xE6\x9C\xAC \"q\" b\\s \n\t/e";
    static const char escaped[] = "s\xC3\xBF \xE6\x97\xA5\xE6\x9C\xAC \\\"q\\\" b\\\\s \\n\\t/e";
    struct sample sample;
    char target[FILES_PATH], expected[FILES_PATH];
    sample_open(&sample, 100, 64, 2, 0);
    files_join(target, sample.folder, name);
    assert_int_equal(
        raptorq_encode_file(sample.session, sample.input, target, 0, result, sizeof result),
        RAPTORQ_OK);
    snprintf(expected, sizeof expected, "\"symbols_directory\":\"%.400s/%s\"", sample.folder,
             escaped);
    assert_non_null(strstr(result, expected));
    snprintf(expected, sizeof expected, "\"layout_file_path\":\"%.400s/%s/_raptorq_layout.json\"",
             sample.folder, escaped);
    assert_non_null(strstr(result, expected));
    sample_close(&sample);
}

/* ---- encoding into a folder that is in use ---- */

struct name_check {
    const char *layout;
};

static void assert_listed(void *context, const char *name)
{
    const struct name_check *check = context;
    char quoted[FILES_PATH];
    snprintf(quoted, sizeof quoted, "\"%s\"", name);
    assert_non_null(strstr(check->layout, quoted));
}

static void assert_only_listed_symbols(const struct sample *sample)
{
    char *layout = files_read(sample->layout, NULL);
    struct name_check check = {layout};
    size_t blocks = json_count(json_member(json_of(layout), "blocks"));
    for (size_t i = 0; i < blocks; i++) {
        char folder[FILES_PATH];
        json block = json_element(json_member(json_of(layout), "blocks"), i);
        snprintf(folder, sizeof folder, "%.900s/block_%zu", sample->symbols, i);
        assert_int_equal(files_list(folder, assert_listed, &check),
                         json_count(json_member(block, "symbols")));
    }
    assert_int_equal(files_list(sample->symbols, NULL, NULL), blocks + 1);
    free(layout);
}

static void an_encoding_replaces_the_one_before(void **state)
{
    (void)state;
    struct sample sample;
    sample_open(&sample, 10000, 64, 3, 3000);
    assert_only_listed_symbols(&sample);
    sample.data[0] ^= 1;
    sample.size = 5000;
    files_write(sample.input, sample.data, sample.size);
    assert_int_equal(
        raptorq_encode_file(sample.session, sample.input, sample.symbols, 0, result, sizeof result),
        RAPTORQ_OK);
    assert_only_listed_symbols(&sample);
    sample_assert_decodes(&sample);
    sample_close(&sample);
}

static void a_failed_encoding_leaves_the_one_before(void **state)
{
    (void)state;
    struct sample sample;
    char empty[FILES_PATH];
    sample_open(&sample, 10000, 64, 3, 3000);
    files_join(empty, sample.folder, "empty");
    files_write(empty, "", 0);
    assert_int_equal(raptorq_encode_file(sample.session, empty, sample.symbols, 0, result, 65536),
                     RAPTORQ_ERROR_ENCODING_FAILED);
    assert_int_equal(
        raptorq_encode_file(sample.session, "/nowhere/x", sample.symbols, 0, result, 65536),
        RAPTORQ_ERROR_FILE_NOT_FOUND);
    assert_int_equal(
        raptorq_encode_file(sample.session, sample.input, sample.symbols, 0, result, 20),
        RAPTORQ_ERROR_BUFFER_TOO_SMALL);
    assert_only_listed_symbols(&sample);
    sample_assert_decodes(&sample);
    sample_close(&sample);
}

/* How long a result is depends on its hashes, so that this can be found out only at the end. */
static void a_buffer_a_little_too_short_leaves_what_was_there(void **state)
{
    (void)state;
    struct sample sample;
    sample_open(&sample, 10000, 64, 3, 3000);
    assert_int_equal(raptorq_encode_file(sample.session, sample.input, sample.symbols, 5000, result,
                                         sizeof result),
                     RAPTORQ_OK);
    size_t length = strlen(result);
    assert_int_equal(raptorq_encode_file(sample.session, sample.input, sample.symbols, 3000, result,
                                         sizeof result),
                     RAPTORQ_OK);
    assert_true(strlen(result) > length);
    char *layout = files_read(sample.layout, NULL);
    assert_int_equal(
        raptorq_encode_file(sample.session, sample.input, sample.symbols, 5000, result, length),
        RAPTORQ_ERROR_BUFFER_TOO_SMALL);
    char *now = files_read(sample.layout, NULL);
    assert_string_equal(now, layout);
    free(layout);
    free(now);
    assert_only_listed_symbols(&sample);
    sample_assert_decodes(&sample);
    sample_close(&sample);
}

/* ---- more than 2 GiB ---- */

/* A block of which only the last bytes are not zero: they must be read, and hashed, too. */
static void blocks_above_2_gib_are_read_whole(void **state)
{
    (void)state;
    if (getenv("RQ_TEST_LONG") == NULL) {
        skip();
    }
    enum { ZEROS = 1 << 20, TAIL = 5000 };
    static const uint8_t zeros[ZEROS];
    struct sample sample;
    sample_open(&sample, TAIL, 64, 1, 0);
    FILE *file = fopen(sample.input, "wb");
    assert_non_null(file);
    digest_state hash;
    digest_begin(&hash);
    for (int i = 0; i < 2100; i++) {
        digest_update(&hash, zeros, ZEROS);
    }
    digest_update(&hash, sample.data, TAIL);
    assert_int_equal(fseeko(file, (off_t)2100 * ZEROS, SEEK_SET), 0);
    assert_int_equal(fwrite(sample.data, 1, TAIL, file), TAIL);
    assert_int_equal(fclose(file), 0);
    digest value;
    char name[DIGEST_NAME_SIZE], expected[64];
    digest_end(&hash, &value);
    digest_name(&value, name);
    snprintf(expected, sizeof expected, "\"hash\":\"%s\"", name);
    uintptr_t session = raptorq_init_session(65535, 1, 8192, 1);
    char layout[FILES_PATH];
    files_join(layout, sample.folder, "layout.json");
    assert_int_equal(
        raptorq_create_metadata(session, sample.input, layout, 0, result, sizeof result),
        RAPTORQ_OK);
    assert_non_null(strstr(result, expected));
    assert_true(raptorq_free_session(session));
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_pointers_are_named),
        cmocka_unit_test(paths_must_be_utf8),
        cmocka_unit_test(a_missing_input_is_not_found),
        cmocka_unit_test(an_empty_input_cannot_be_encoded),
        cmocka_unit_test(more_source_blocks_than_there_can_be_are_refused),
        cmocka_unit_test(a_limit_below_the_working_set_is_refused),
        cmocka_unit_test(folders_are_no_input),
        cmocka_unit_test(what_cannot_be_written_is_named),
        cmocka_unit_test(metadata_makes_no_folder),
        cmocka_unit_test(metadata_writes_the_layout_alone),
        cmocka_unit_test(a_hopeless_buffer_is_refused_before_any_work),
        cmocka_unit_test(the_needed_length_is_told),
        cmocka_unit_test(a_buffer_a_little_too_short_leaves_what_was_there),
        cmocka_unit_test(paths_stay_raw_in_the_result),
        cmocka_unit_test(an_encoding_replaces_the_one_before),
        cmocka_unit_test(a_failed_encoding_leaves_the_one_before),
        cmocka_unit_test(blocks_above_2_gib_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
