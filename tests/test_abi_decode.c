/* raptorq_decode_symbols: every row of its table of codes, damaged symbols, and layouts that lie.
 */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rq-library.h"
#include "support/json.h"
#include "support/sample.h"

/* The sample of most tests: one block, K = 100, 200 repair symbols. */
enum { SIZE = 99990, SYMBOL = 1000, REDUNDANCY = 3, K = 100, SYMBOLS = 300 };

static int open_sample(void **state)
{
    *state = malloc(sizeof(struct sample));
    sample_open(*state, SIZE, SYMBOL, REDUNDANCY, 0);
    return 0;
}

static int close_sample(void **state)
{
    sample_close(*state);
    free(*state);
    return 0;
}

/* ---- arguments ---- */

static void null_pointers_and_bad_text_are_refused(void **state)
{
    const struct sample *s = *state;
    assert_failure(s->session, raptorq_decode_symbols(s->session, NULL, s->output, s->layout),
                   RAPTORQ_ERROR_INVALID_PARAMETERS, "symbols");
    assert_failure(s->session, raptorq_decode_symbols(s->session, s->symbols, NULL, s->layout),
                   RAPTORQ_ERROR_INVALID_PARAMETERS, "output");
    assert_failure(s->session, raptorq_decode_symbols(s->session, s->symbols, s->output, NULL),
                   RAPTORQ_ERROR_INVALID_PARAMETERS, "layout");
    assert_failure(s->session, raptorq_decode_symbols(s->session, "\xFF", s->output, s->layout),
                   RAPTORQ_ERROR_INVALID_PARAMETERS, "UTF-8");
    assert_failure(s->session, raptorq_decode_symbols(s->session, s->symbols, "\xFF", s->layout),
                   RAPTORQ_ERROR_INVALID_PARAMETERS, "UTF-8");
    assert_failure(s->session, raptorq_decode_symbols(s->session, s->symbols, s->output, "\xFF"),
                   RAPTORQ_ERROR_INVALID_PARAMETERS, "UTF-8");
}

static void a_missing_layout_is_found_first(void **state)
{
    const struct sample *s = *state;
    char missing[FILES_PATH], expected[2 * FILES_PATH];
    files_join(missing, s->folder, "missing.json");
    snprintf(expected, sizeof expected, "\"%s\": No such file or directory (os error 2)", missing);
    assert_failure(s->session, raptorq_decode_symbols(s->session, s->symbols, s->output, missing),
                   RAPTORQ_ERROR_FILE_NOT_FOUND, expected);
    assert_failure(s->session, raptorq_decode_symbols(s->session, "/nowhere", s->output, missing),
                   RAPTORQ_ERROR_FILE_NOT_FOUND, "File is not found: ");
}

static void a_missing_symbols_folder_is_named(void **state)
{
    const struct sample *s = *state;
    char missing[FILES_PATH], expected[2 * FILES_PATH];
    files_join(missing, s->folder, "missing");
    snprintf(expected, sizeof expected, "Symbols directory does not exist: %s", missing);
    assert_failure(s->session, raptorq_decode_symbols(s->session, missing, s->output, s->layout),
                   RAPTORQ_ERROR_INVALID_PATH, expected);
}

static void an_output_that_cannot_be_written_is_an_io_error(void **state)
{
    const struct sample *s = *state;
    char output[FILES_PATH];
    files_join(output, s->folder, "missing/output");
    assert_failure(s->session, raptorq_decode_symbols(s->session, s->symbols, output, s->layout),
                   RAPTORQ_ERROR_IO, output);
    assert_failure(s->session, raptorq_decode_symbols(s->session, s->symbols, s->block, s->layout),
                   RAPTORQ_ERROR_IO, s->block);
    assert_int_equal(files_list(s->block, NULL, NULL), SYMBOLS);
}

/* ---- symbols that are missing ---- */

static void any_sufficient_symbols_will_do(void **state)
{
    const struct sample *s = *state;
    sample_assert_decodes(s);
    sample_remove_symbols(s, 0, 30);
    sample_assert_decodes(s);
    sample_remove_symbols(s, 30, K - 30); /* no source symbol is left */
    sample_assert_decodes(s);
    sample_remove_symbols(s, K, K - 4); /* K + 4 repair symbols are left */
    sample_assert_decodes(s);
}

static void symbols_without_block_folders_are_found(void **state)
{
    const struct sample *s = *state;
    char apart[FILES_PATH];
    files_join(apart, s->folder, "apart");
    files_copy(s->block, apart);
    assert_int_equal(raptorq_decode_symbols(s->session, apart, s->output, s->layout), RAPTORQ_OK);
    assert_true(files_equal(s->output, s->data, s->size));
}

static void no_symbol_at_all_is_told(void **state)
{
    const struct sample *s = *state;
    sample_remove_symbols(s, 0, SYMBOLS);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED,
                          "None of the symbols for block 0 could be found");
}

static void too_few_symbols_are_counted(void **state)
{
    const struct sample *s = *state;
    char path[FILES_PATH];
    sample_remove_symbols(s, 0, SYMBOLS - 37);
    for (size_t i = SYMBOLS - 5; i < SYMBOLS; i++) {
        sample_symbol_path(s, i, path);
        files_write(path, "damaged", 7);
    }
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "block 0");
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "100");
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "32");
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "5");
}

static void a_failed_decode_leaves_the_output(void **state)
{
    const struct sample *s = *state;
    files_write(s->output, "before", 6);
    sample_remove_symbols(s, 0, SYMBOLS - 10);
    size_t entries = files_list(s->folder, NULL, NULL);
    assert_int_equal(sample_decode(s), RAPTORQ_ERROR_DECODING_FAILED);
    assert_true(files_equal(s->output, "before", 6));
    assert_int_equal(files_list(s->folder, NULL, NULL), entries);
}

static void a_later_try_with_more_symbols_succeeds(void **state)
{
    const struct sample *s = *state;
    char kept[FILES_PATH];
    files_join(kept, s->folder, "kept");
    files_copy(s->block, kept);
    sample_remove_symbols(s, 50, SYMBOLS - 50);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "block 0");
    files_copy(kept, s->block);
    sample_assert_decodes(s);
}

/* ---- symbols that are not what their name says ---- */

static void flip(const char *path, size_t at)
{
    size_t size;
    char *data = files_read(path, &size);
    data[at % size] ^= 1;
    files_write(path, data, size);
    free(data);
}

static void flipped_bits_heal(void **state)
{
    const struct sample *s = *state;
    for (size_t i = 0; i < SYMBOLS - K - 4; i++) {
        char path[FILES_PATH];
        sample_symbol_path(s, i, path);
        flip(path, i * 11);
    }
    sample_assert_decodes(s);
}

static void files_of_the_wrong_length_heal(void **state)
{
    const struct sample *s = *state;
    for (size_t i = 0; i < 12; i++) {
        char path[FILES_PATH];
        static const uint8_t longer[SYMBOL + 1000];
        const size_t lengths[] = {0, 1, 2, 3, 4, 5, 999, 1000, 1003, 1005, 1200, 2000};
        sample_symbol_path(s, i, path);
        files_write(path, longer, lengths[i]);
    }
    sample_assert_decodes(s);
}

static void things_that_are_no_files_are_passed_over(void **state)
{
    const struct sample *s = *state;
    char path[FILES_PATH], other[FILES_PATH];
    sample_symbol_path(s, 0, path);
    files_remove(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    sample_symbol_path(s, 1, path);
    files_remove(path);
    files_make_folder(path);
    sample_symbol_path(s, 2, path);
    sample_symbol_path(s, 3, other);
    files_remove(path);
    assert_int_equal(symlink(other, path), 0);
    sample_symbol_path(s, 4, path);
    files_remove(path);
    assert_int_equal(symlink("/dev/zero", path), 0);
    sample_symbol_path(s, 5, path);
    files_remove(path);
    assert_int_equal(symlink(path, path), 0);
    sample_assert_decodes(s);
    sample_remove_symbols(s, 6, SYMBOLS - 6);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "block 0");
}

static void foreign_files_do_no_harm(void **state)
{
    const struct sample *s = *state;
    char path[FILES_PATH];
    files_join(path, s->block, "README");
    files_write(path, "foreign", 7);
    files_join(path, s->symbols, "block_x");
    files_make_folder(path);
    files_join(path, s->symbols, "block_7");
    files_make_folder(path);
    sample_assert_decodes(s);
}

/* ---- layouts written by others ---- */

/* Replaces a member of the layout's first block. */
static void change(const struct sample *s, const char *member, const char *value)
{
    char *layout = files_read(s->layout, NULL);
    json block = json_element(json_member(json_of(layout), "blocks"), 0);
    char *changed = json_replace(layout, json_member(block, member), value);
    sample_write_layout(s, changed);
    free(changed);
    free(layout);
}

static char *member(const struct sample *s, const char *name)
{
    char *layout = files_read(s->layout, NULL);
    json block = json_element(json_member(json_of(layout), "blocks"), 0);
    char *value = json_compact(json_member(block, name));
    free(layout);
    return value;
}

static void compact_layouts_are_read(void **state)
{
    const struct sample *s = *state;
    char *layout = files_read(s->layout, NULL);
    char *compact = json_compact(json_of(layout));
    sample_write_layout(s, compact);
    sample_assert_decodes(s);
    free(compact);
    free(layout);
}

static void fields_may_stand_in_any_order_among_unknown_ones(void **state)
{
    const struct sample *s = *state;
    static const char *const names[] = {
        "hash", "symbols", "size", "original_offset", "encoder_parameters", "block_id"};
    char *layout = malloc((size_t)files_size(s->layout) + 4096);
    assert_non_null(layout);
    strcpy(layout, "{\"version\":[1,{\"x\":null}],\"blocks\":[{\"new\":{\"symbols\":[1.5e3]}");
    for (size_t i = 0; i < 6; i++) {
        char *value = member(s, names[i]);
        sprintf(layout + strlen(layout), ",\"%s\" : %s\n", names[i], value);
        free(value);
    }
    strcat(layout, ",\"newer\":\"\\u00e9\\\"]}\"}],\"blocks_count\":true}");
    sample_write_layout(s, layout);
    free(layout);
    sample_assert_decodes(s);
}

static void blocks_may_stand_in_any_order(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, 10000, 100, 2, 3000);
    char *layout = files_read(s.layout, NULL);
    char *reversed = malloc(strlen(layout) + 100);
    json blocks = json_member(json_of(layout), "blocks");
    assert_non_null(reversed);
    strcpy(reversed, "{\"blocks\":[");
    for (size_t i = json_count(blocks); i-- > 0;) {
        char *block = json_compact(json_element(blocks, i));
        sprintf(reversed + strlen(reversed), "%s%s", block, i > 0 ? "," : "]}");
        free(block);
    }
    sample_write_layout(&s, reversed);
    sample_assert_decodes(&s);
    free(reversed);
    free(layout);
    sample_close(&s);
}

static void missing_blocks_fail_the_whole(void **state)
{
    (void)state;
    struct sample s;
    char path[FILES_PATH];
    sample_open(&s, 10000, 100, 2, 3000);
    files_join(path, s.symbols, "block_2");
    files_remove(path);
    files_make_folder(path);
    sample_assert_refused(&s, RAPTORQ_ERROR_DECODING_FAILED,
                          "None of the symbols for block 2 could be found");
    sample_close(&s);
}

/* ---- layouts that cannot be ---- */

static void texts_that_are_no_layout_are_refused(void **state)
{
    const struct sample *s = *state;
    static const char *const texts[] = {
        "",
        " ",
        "\xFF\xFE",
        "{",
        "[]",
        "null",
        "7",
        "\"blocks\"",
        "{}",
        "{\"blocks\": []}",
        "{\"blocks\": {}}",
        "{\"blocks\": [7]}",
        "{\"blocks\": [{}]}",
        "{\"blocks\": [null]}",
        "{\"blocks\"}",
        "{\"blocks\": [}",
        "{blocks: []}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        sample_write_layout(s, texts[i]);
        sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    }
}

static void text_after_or_within_the_layout_is_refused(void **state)
{
    const struct sample *s = *state;
    char *layout = files_read(s->layout, NULL);
    size_t length = strlen(layout);
    char *longer = malloc(length + 2);
    assert_non_null(longer);
    memcpy(longer, layout, length + 1);
    strcat(longer, "x");
    sample_write_layout(s, longer);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    for (size_t cut = 1; cut < length; cut += length / 50) {
        files_write(s->layout, layout, cut);
        sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    }
    layout[length / 2] = '\0';
    files_write(s->layout, layout, length);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    free(longer);
    free(layout);
}

static void every_field_must_be_there(void **state)
{
    const struct sample *s = *state;
    static const char *const names[] = {
        "block_id", "encoder_parameters", "original_offset", "size", "symbols", "hash"};
    char *layout = files_read(s->layout, NULL);
    for (size_t i = 0; i < 6; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", names[i]);
        char *changed =
            json_replace(layout, (json){strstr(layout, quoted), strlen(quoted)}, "\"something\"");
        sample_write_layout(s, changed);
        sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, names[i]);
        free(changed);
    }
    free(layout);
}

static void impossible_values_are_refused(void **state)
{
    const struct sample *s = *state;
    static const struct {
        const char *member, *value;
    } cases[] = {
        {"block_id", "-1"},
        {"block_id", "\"0\""},
        {"block_id", "1.5"},
        {"block_id", "18446744073709551616"},
        {"encoder_parameters", "[]"},
        {"encoder_parameters", "[0,0,1,134,150,0,3,232,1,0,1]"},
        {"encoder_parameters", "[0,0,1,134,150,0,3,232,1,0,1,256]"},
        {"encoder_parameters", "[0,0,1,134,150,0,3,232,1,0,-1,8]"},
        {"encoder_parameters", "[0,0,1,134,150,0,3,232,1,0,null,8]"},
        {"encoder_parameters", "\"000001869600\""},
        {"encoder_parameters", "[0,0,1,134,150,0,0,0,1,0,1,8]"},     /* T = 0 */
        {"encoder_parameters", "[0,0,1,134,150,0,3,232,0,0,1,8]"},   /* Z = 0 */
        {"encoder_parameters", "[0,0,1,134,150,0,3,232,1,0,0,8]"},   /* N = 0 */
        {"encoder_parameters", "[0,0,1,134,150,0,3,232,1,0,1,0]"},   /* Al = 0 */
        {"encoder_parameters", "[0,0,1,134,150,0,3,233,1,0,1,8]"},   /* T no multiple of Al */
        {"encoder_parameters", "[0,0,0,0,0,0,3,232,1,0,1,8]"},       /* F = 0 */
        {"encoder_parameters", "[255,0,1,134,150,0,3,232,1,0,1,8]"}, /* F too long */
        {"encoder_parameters", "[0,0,1,134,149,0,3,232,1,0,1,8]"},   /* F is not the size */
        {"original_offset", "-1"},
        {"original_offset", "18446744073709551615"},
        {"original_offset", "1099511627776"},
        {"original_offset", "8589934592"},
        {"size", "0"},
        {"size", "-99990"},
        {"size", "99989"},
        {"size", "18446744073709551615"},
        {"size", "1099511627776"},
        {"symbols", "[]"},
        {"symbols", "{}"},
        {"symbols", "\"x\""},
        {"symbols", "[1]"},
        {"symbols", "[\"\"]"},
        {"hash", "null"},
        {"hash", "7"},
        {"hash", "\"0OIl\""},
        {"hash", "\"x\""},
    };
    char *layout = files_read(s->layout, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        change(s, cases[i].member, cases[i].value);
        int32_t code = sample_decode(s);
        if (code != RAPTORQ_ERROR_DECODING_FAILED) {
            fail_msg("%s %s: returned %d", cases[i].member, cases[i].value, (int)code);
        }
        assert_false(files_exists(s->output));
        sample_write_layout(s, layout);
    }
    free(layout);
    sample_assert_decodes(s);
}

/* A tiny layout that speaks of a terabyte takes neither memory nor disk. */
static void forged_sizes_are_refused(void **state)
{
    const struct sample *s = *state;
    change(s, "encoder_parameters", "[219,117,86,38,1,0,255,248,255,0,1,8]");
    change(s, "size", "942566417921");
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    change(s, "encoder_parameters", "[128,0,0,0,0,0,255,248,255,0,1,8]");
    change(s, "size", "549755813888");
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
}

static void deep_nesting_does_no_harm(void **state)
{
    const struct sample *s = *state;
    enum { DEPTH = 1000000 };
    char *layout = malloc(DEPTH + 100);
    assert_non_null(layout);
    strcpy(layout, "{\"x\":");
    memset(layout + 5, '[', DEPTH);
    layout[5 + DEPTH] = '\0';
    sample_write_layout(s, layout);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    free(layout);
}

static void names_lead_nowhere_else(void **state)
{
    const struct sample *s = *state;
    char path[FILES_PATH], name[64], value[2 * FILES_PATH];
    sample_symbol_path(s, 0, path);
    strcpy(name, strrchr(path, '/') + 1);
    snprintf(value, sizeof value, "[\"../block_0/%s\"]", name);
    change(s, "symbols", value);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    snprintf(value, sizeof value, "[\"%s\"]", path);
    change(s, "symbols", value);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
    snprintf(value, sizeof value, "[\"%s\\u0000\"]", name);
    change(s, "symbols", value);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "");
}

static void one_symbol_listed_often_is_one_symbol(void **state)
{
    const struct sample *s = *state;
    char path[FILES_PATH];
    sample_symbol_path(s, 0, path);
    char *value = malloc(K * 64);
    assert_non_null(value);
    strcpy(value, "[");
    for (int i = 0; i < K; i++) {
        sprintf(value + strlen(value), "%s\"%s\"", i > 0 ? "," : "", strrchr(path, '/') + 1);
    }
    strcat(value, "]");
    change(s, "symbols", value);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "block 0");
    free(value);
}

/* ---- hashes ---- */

static void a_wrong_hash_is_told(void **state)
{
    const struct sample *s = *state;
    char path[FILES_PATH], expected[FILES_PATH], value[FILES_PATH];
    char *hash = member(s, "hash");
    sample_symbol_path(s, 0, path);
    snprintf(value, sizeof value, "\"%.60s\"", strrchr(path, '/') + 1);
    change(s, "hash", value);
    snprintf(expected, sizeof expected, "Hash mismatch for block 0: expected %.60s, got %.*s",
             strrchr(path, '/') + 1, (int)strlen(hash) - 2, hash + 1);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, expected);
    free(hash);
}

static void without_a_hash_the_decode_must_be_complete(void **state)
{
    const struct sample *s = *state;
    change(s, "hash", "\"\"");
    sample_assert_decodes(s);
    sample_remove_symbols(s, 0, SYMBOLS - K + 1);
    sample_assert_refused(s, RAPTORQ_ERROR_DECODING_FAILED, "block 0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_sample, close_sample)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(null_pointers_and_bad_text_are_refused),
        TEST(a_missing_layout_is_found_first),
        TEST(a_missing_symbols_folder_is_named),
        TEST(an_output_that_cannot_be_written_is_an_io_error),
        TEST(any_sufficient_symbols_will_do),
        TEST(symbols_without_block_folders_are_found),
        TEST(no_symbol_at_all_is_told),
        TEST(too_few_symbols_are_counted),
        TEST(a_failed_decode_leaves_the_output),
        TEST(a_later_try_with_more_symbols_succeeds),
        TEST(flipped_bits_heal),
        TEST(files_of_the_wrong_length_heal),
        TEST(things_that_are_no_files_are_passed_over),
        TEST(foreign_files_do_no_harm),
        TEST(compact_layouts_are_read),
        TEST(fields_may_stand_in_any_order_among_unknown_ones),
        cmocka_unit_test(blocks_may_stand_in_any_order),
        cmocka_unit_test(missing_blocks_fail_the_whole),
        TEST(texts_that_are_no_layout_are_refused),
        TEST(text_after_or_within_the_layout_is_refused),
        TEST(every_field_must_be_there),
        TEST(impossible_values_are_refused),
        TEST(forged_sizes_are_refused),
        TEST(deep_nesting_does_no_harm),
        TEST(names_lead_nowhere_else),
        TEST(one_symbol_listed_often_is_one_symbol),
        TEST(a_wrong_hash_is_told),
        TEST(without_a_hash_the_decode_must_be_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
