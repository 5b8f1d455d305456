/* raptorq_decode_symbols where all symbols are there and in order, or nearly: source symbols may
 * then go straight to the output, and whatever is found wrong later must not show in it. */
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

enum { SIZE = 5999990, REDUNDANCY = 2 };

/* Symbols of one sub-block and of several; a last one that is mostly padding, and one that is full.
 */
static const struct {
    size_t size;
    uint16_t symbol;
} samples[] = {
    {SIZE, 65535}, {SIZE, 16000}, {SIZE, 4000}, {92 * 65528, 65528}, {91 * 65528 + 1, 65528}};

enum { SAMPLES = sizeof samples / sizeof *samples };

static void open_sample(struct sample *s, size_t i, uintptr_t block_size)
{
    sample_open(s, samples[i].size, samples[i].symbol, REDUNDANCY, block_size);
}

static size_t source_count(size_t i)
{
    return (samples[i].size + samples[i].symbol - 1) / samples[i].symbol;
}

static void flip(const struct sample *s, size_t symbol, size_t at)
{
    char path[FILES_PATH];
    size_t size;
    sample_symbol_path(s, symbol, path);
    char *data = files_read(path, &size);
    data[at % size] ^= 1;
    files_write(path, data, size);
    free(data);
}

/* The names of block 0's symbols; change them, then write them. */
typedef struct names {
    char (*name)[64];
    size_t count;
} names;

static names read_names(const struct sample *s)
{
    char *layout = files_read(s->layout, NULL);
    json block = json_element(json_member(json_of(layout), "blocks"), 0);
    json array = json_member(block, "symbols"), item = {0};
    names n = {NULL, json_count(array)};
    n.name = calloc(n.count, sizeof *n.name);
    assert_non_null(n.name);
    for (size_t i = 0; i < n.count; i++) {
        item = json_next(array, item);
        json_string(item, n.name[i], sizeof *n.name);
    }
    free(layout);
    return n;
}

static void write_names(const struct sample *s, names n)
{
    char *layout = files_read(s->layout, NULL), *text = malloc(n.count * 70 + 3), *end = text;
    json block = json_element(json_member(json_of(layout), "blocks"), 0);
    assert_non_null(text);
    end += sprintf(end, "[");
    for (size_t i = 0; i < n.count; i++)
        end += sprintf(end, "%s\"%s\"", i > 0 ? "," : "", n.name[i]);
    sprintf(end, "]");
    char *changed = json_replace(layout, json_member(block, "symbols"), text);
    sample_write_layout(s, changed);
    free(changed);
    free(text);
    free(layout);
}

static void swap(names n, size_t i, size_t k)
{
    char name[64];
    memcpy(name, n.name[i], sizeof name);
    memcpy(n.name[i], n.name[k], sizeof name);
    memcpy(n.name[k], name, sizeof name);
}

static void all_of_them_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        for (uintptr_t block_size = 0; block_size < 5000000; block_size += 1700001) {
            struct sample s;
            open_sample(&s, i, block_size);
            sample_assert_decodes(&s);
            sample_close(&s);
        }
    }
}

/* A damaged one has the right size: it is found when others are written already. */
static void damage_anywhere_heals(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample s;
        size_t K = source_count(i);
        const size_t places[] = {K - 1, 0, K / 2, K / 3, 1, K - 2};
        open_sample(&s, i, 0);
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            flip(&s, places[p], 1000 * p);
            sample_assert_decodes(&s);
        }
        sample_remove_symbols(&s, K / 4, 5);
        sample_assert_decodes(&s);
        sample_close(&s);
    }
}

static void one_that_is_missing_is_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample s;
        open_sample(&s, i, 0);
        sample_remove_symbols(&s, source_count(i) - 1, 1);
        sample_assert_decodes(&s);
        sample_close(&s);
    }
}

static void too_much_damage_leaves_nothing(void **state)
{
    (void)state;
    struct sample s;
    size_t K = source_count(0);
    char text[64];
    open_sample(&s, 0, 0);
    flip(&s, K - 1, 77);
    names n = read_names(&s);
    sample_remove_symbols(&s, K, n.count - K);
    free(n.name);
    snprintf(text, sizeof text, "%zu needed, %zu found good, 1 found damaged", K, K - 1);
    sample_assert_refused(&s, RAPTORQ_ERROR_DECODING_FAILED, text);
    sample_close(&s);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample s;
        size_t K = source_count(i);
        open_sample(&s, i, 0);
        names n = read_names(&s);
        swap(n, K / 2, K / 2 + 1);
        write_names(&s, n);
        sample_assert_decodes(&s);
        swap(n, K - 1, n.count - 1); /* a repair symbol in a source symbol's place */
        write_names(&s, n);
        sample_assert_decodes(&s);
        flip(&s, 3, 5);
        sample_assert_decodes(&s);
        for (size_t k = 0; k < n.count / 2; k++)
            swap(n, k, n.count - 1 - k);
        write_names(&s, n);
        sample_assert_decodes(&s);
        free(n.name);
        sample_close(&s);
    }
}

/* Symbols that follow each other do not lie behind each other then. */
static void a_damaged_one_may_come_between(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample s;
        open_sample(&s, i, 0);
        names n = read_names(&s);
        for (size_t k = source_count(i) - 1; k > 3; k--)
            swap(n, k, k - 1);
        write_names(&s, n);
        sample_assert_decodes(&s);
        flip(&s, 3, 5);
        sample_assert_decodes(&s);
        free(n.name);
        sample_close(&s);
    }
}

/* Among the source symbols' names one is listed twice, for a while or for good. */
static void a_name_may_be_there_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample s;
        size_t K = source_count(i);
        open_sample(&s, i, 0);
        names n = read_names(&s);
        memcpy(n.name[K - 1], n.name[K - 2], sizeof *n.name);
        write_names(&s, n);
        sample_assert_decodes(&s);
        free(n.name);
        sample_close(&s);
    }
}

static void a_wrong_hash_is_told(void **state)
{
    (void)state;
    struct sample s;
    open_sample(&s, 0, 0);
    names n = read_names(&s);
    char *layout = files_read(s.layout, NULL), value[70], expected[200];
    json block = json_element(json_member(json_of(layout), "blocks"), 0);
    snprintf(value, sizeof value, "\"%s\"", n.name[0]);
    char *changed = json_replace(layout, json_member(block, "hash"), value);
    sample_write_layout(&s, changed);
    snprintf(expected, sizeof expected, "Hash mismatch for block 0: expected %s", n.name[0]);
    sample_assert_refused(&s, RAPTORQ_ERROR_DECODING_FAILED, expected);
    free(changed);
    free(layout);
    free(n.name);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_them_decode),
        cmocka_unit_test(damage_anywhere_heals),
        cmocka_unit_test(one_that_is_missing_is_made),
        cmocka_unit_test(too_much_damage_leaves_nothing),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(a_damaged_one_may_come_between),
        cmocka_unit_test(a_name_may_be_there_twice),
        cmocka_unit_test(a_wrong_hash_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
