/* raptorq_decode_params: decoding from the encoder parameters alone. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rq-library.h"
#include "support/json.h"
#include "support/sample.h"

enum { MAX_BLOCKS = 16, OTI = 12 };

struct parameters {
    uint8_t bytes[MAX_BLOCKS * OTI];
    size_t size;
};

/* Those of all blocks, as the layout has them. */
static void read_parameters(const struct sample *s, struct parameters *p)
{
    char *layout = files_read(s->layout, NULL);
    json blocks = json_member(json_of(layout), "blocks");
    p->size = json_count(blocks) * OTI;
    assert_in_range(p->size, OTI, sizeof p->bytes);
    for (size_t i = 0; i < p->size; i++) {
        json list = json_member(json_element(blocks, i / OTI), "encoder_parameters");
        p->bytes[i] = (uint8_t)json_number(json_element(list, i % OTI));
    }
    free(layout);
}

static int32_t decode_from(const struct sample *s, const char *folder, const struct parameters *p)
{
    return raptorq_decode_params(s->session, folder, s->output, p->bytes, p->size);
}

static void assert_decodes_from(const struct sample *s, const char *folder,
                                const struct parameters *p)
{
    int32_t code = decode_from(s, folder, p);
    if (code != RAPTORQ_OK) {
        char error[1024] = "";
        raptorq_get_last_error(s->session, error, sizeof error);
        fail_msg("decoding from parameters returned %d: %s", (int)code, error);
    }
    assert_true(files_equal(s->output, s->data, s->size));
    files_remove(s->output);
}

/* Copies the folders block_0, block_1, ... to name_first, name_(first + step), ... */
static void copy_blocks(const struct sample *s, size_t count, const char *to, const char *name,
                        size_t first, size_t step)
{
    files_make_folder(to);
    for (size_t i = 0; i < count; i++) {
        char from[FILES_PATH], copy[FILES_PATH];
        snprintf(from, sizeof from, "%.900s/block_%zu", s->symbols, i);
        snprintf(copy, sizeof copy, "%.900s/%s_%zu", to, name, first + i * step);
        files_copy(from, copy);
    }
}

static void one_block_is_decoded_wherever_it_lies(void **state)
{
    (void)state;
    struct sample s;
    struct parameters p;
    char folder[FILES_PATH];
    sample_open(&s, 9999, 100, 3, 0);
    read_parameters(&s, &p);
    assert_int_equal(p.size, OTI);
    sample_remove_symbols(&s, 0, 120);
    files_remove(s.layout);
    assert_decodes_from(&s, s.symbols, &p);
    assert_decodes_from(&s, s.block, &p);
    static const char *const names[] = {"block", "chunk"};
    for (size_t i = 0; i < 4; i++) {
        files_join(folder, s.folder, "copy");
        copy_blocks(&s, 1, folder, names[i % 2], 5 * (i / 2), 1);
        assert_decodes_from(&s, folder, &p);
        files_remove(folder);
    }
    sample_close(&s);
}

static void the_last_block_may_be_shorter(void **state)
{
    (void)state;
    struct sample s;
    struct parameters p;
    sample_open(&s, 10000, 100, 2, 3000);
    read_parameters(&s, &p);
    assert_int_equal(p.size, 4 * OTI);
    assert_decodes_from(&s, s.symbols, &p);
    sample_close(&s);
}

static void blocks_come_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    struct sample s;
    struct parameters p;
    char folder[FILES_PATH];
    sample_open(&s, 12500, 100, 2, 1000);
    read_parameters(&s, &p);
    assert_int_equal(p.size, 13 * OTI);
    assert_decodes_from(&s, s.symbols, &p); /* block_10 comes after block_9 */
    files_join(folder, s.folder, "copy");
    copy_blocks(&s, 13, folder, "chunk", 0, 1);
    assert_decodes_from(&s, folder, &p);
    files_remove(folder);
    copy_blocks(&s, 13, folder, "chunk", 98, 7);
    assert_decodes_from(&s, folder, &p);
    sample_close(&s);
}

static void symbols_are_checked(void **state)
{
    (void)state;
    struct sample s;
    struct parameters p;
    char path[FILES_PATH];
    sample_open(&s, 9999, 104, 3, 0); /* K = 97, 193 repair symbols */
    ;
    read_parameters(&s, &p);
    for (size_t i = 0; i < 150; i++) {
        sample_symbol_path(&s, i, path);
        char *data = files_read(path, NULL);
        data[i % 108] ^= 0x10;
        files_write(path, data, 108);
        free(data);
    }
    files_join(path, s.block, "README");
    files_write(path, s.data, 108);
    assert_decodes_from(&s, s.symbols, &p);
    sample_remove_symbols(&s, 150, 120);
    assert_failure(s.session, decode_from(&s, s.symbols, &p), RAPTORQ_ERROR_DECODING_FAILED, "");
    assert_false(files_exists(s.output));
    sample_remove_symbols(&s, 0, 150);
    sample_remove_symbols(&s, 270, 20);
    assert_failure(s.session, decode_from(&s, s.symbols, &p), RAPTORQ_ERROR_DECODING_FAILED, "");
    assert_false(files_exists(s.output));
    sample_close(&s);
}

static void lengths_must_be_those_of_the_blocks(void **state)
{
    (void)state;
    struct sample one, four;
    struct parameters p;
    sample_open(&one, 1000, 100, 2, 0);
    sample_open(&four, 10000, 100, 2, 3000);
    read_parameters(&four, &p);
    static const size_t lengths[] = {0, 1, 11, 13, 24, 47, 48};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        p.size = lengths[i];
        assert_failure(one.session, decode_from(&one, one.symbols, &p),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, "");
    }
    static const size_t four_lengths[] = {0, 12, 24, 36, 47, 49, 60};
    for (size_t i = 0; i < sizeof four_lengths / sizeof *four_lengths; i++) {
        p.size = four_lengths[i];
        assert_failure(four.session, decode_from(&four, four.symbols, &p),
                       RAPTORQ_ERROR_INVALID_PARAMETERS, "");
    }
    assert_false(files_exists(one.output));
    assert_false(files_exists(four.output));
    sample_close(&one);
    sample_close(&four);
}

static void arguments_are_checked(void **state)
{
    (void)state;
    struct sample s;
    struct parameters p;
    sample_open(&s, 1000, 100, 2, 0);
    read_parameters(&s, &p);
    uintptr_t id = s.session;
    assert_int_equal(raptorq_decode_params(id, NULL, s.output, p.bytes, OTI),
                     RAPTORQ_ERROR_INVALID_PARAMETERS);
    assert_int_equal(raptorq_decode_params(id, s.symbols, NULL, p.bytes, OTI),
                     RAPTORQ_ERROR_INVALID_PARAMETERS);
    assert_int_equal(raptorq_decode_params(id, s.symbols, s.output, NULL, OTI),
                     RAPTORQ_ERROR_INVALID_PARAMETERS);
    assert_int_equal(raptorq_decode_params(id, "\xFF", s.output, p.bytes, OTI),
                     RAPTORQ_ERROR_INVALID_PARAMETERS);
    assert_failure(id, raptorq_decode_params(id, "/nowhere/at/all", s.output, p.bytes, OTI),
                   RAPTORQ_ERROR_INVALID_PATH, "Symbols directory does not exist: /nowhere/at/all");
    sample_close(&s);
}

static void impossible_parameters_are_refused(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, 1000, 100, 2, 0);
    static const uint8_t zeroed[] = {7, 8, 10, 11}; /* T (96), Z, N, Al in turn */
    for (size_t i = 0; i < sizeof zeroed; i++) {
        struct parameters p;
        read_parameters(&s, &p);
        p.bytes[zeroed[i]] = 0;
        assert_failure(s.session, decode_from(&s, s.symbols, &p), RAPTORQ_ERROR_DECODING_FAILED,
                       "");
    }
    struct parameters all_ones = {{0}, OTI};
    memset(all_ones.bytes, 0xFF, OTI);
    assert_failure(s.session, decode_from(&s, s.symbols, &all_ones), RAPTORQ_ERROR_DECODING_FAILED,
                   "");
    assert_false(files_exists(s.output));
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_block_is_decoded_wherever_it_lies),
        cmocka_unit_test(the_last_block_may_be_shorter),
        cmocka_unit_test(blocks_come_in_the_order_of_their_numbers),
        cmocka_unit_test(symbols_are_checked),
        cmocka_unit_test(lengths_must_be_those_of_the_blocks),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(impossible_parameters_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
