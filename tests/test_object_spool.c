/* Spools: the same bytes come back whether memory was enough or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "object/spool.h"
#include "support/counting.h"
#include "support/files.h"
#include "support/splitmix.h"

enum { SIZE = 300000, ROUNDS = 200 };

static uint8_t data[SIZE], found[SIZE];
static char folder[FILES_PATH];

static int make_folder(void **state)
{
    (void)state;
    splitmix_fill(7, data, SIZE);
    files_temporary(folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    files_remove(folder);
    return 0;
}

static void check_read(const spool *s, uint64_t size, splitmix *random)
{
    rq_error error;
    for (int i = 0; i < 10 && size > 0; i++) {
        uint64_t first = splitmix_below(random, size);
        size_t some = (size_t)(1 + splitmix_below(random, size - first));
        assert_int_equal(spool_read(s, first, found, some, &error), RQ_OK);
        assert_memory_equal(found, data + first, some);
    }
}

static void append_all(spool *s, uint64_t size, splitmix *random)
{
    rq_error error;
    for (uint64_t at = 0; at < size;) {
        uint64_t some = 1 + splitmix_below(random, size / 3 + 1);
        some = some < size - at ? some : size - at;
        assert_int_equal(spool_append(s, data + at, (size_t)some, &error), RQ_OK);
        at += some;
    }
    assert_int_equal(s->size, size);
}

static void what_is_appended_is_read(void **state)
{
    (void)state;
    splitmix random = {8};
    for (int i = 0; i < ROUNDS; i++) {
        counting count = {0};
        rq_allocator allocator = counting_allocator(&count);
        size_t most = (size_t)splitmix_below(&random, SIZE);
        spool s;
        spool_begin(&s, most, folder, &allocator);
        for (int use = 0; use < 3; use++) {
            uint64_t size = splitmix_below(&random, SIZE);
            append_all(&s, size, &random);
            check_read(&s, size, &random);
            spool_clear(&s);
            assert_int_equal(s.size, 0);
        }
        assert_true(count.peak <= most);
        spool_free(&s);
        assert_int_equal(count.used, 0);
    }
    assert_int_equal(files_list(folder, NULL, NULL), 0); /* scratch files have no name */
}

static void what_is_written_anywhere_is_read(void **state)
{
    (void)state;
    splitmix random = {9};
    for (int i = 0; i < ROUNDS; i++) {
        counting count = {0};
        rq_allocator allocator = counting_allocator(&count);
        size_t most = (size_t)splitmix_below(&random, SIZE);
        rq_error error;
        spool s;
        spool_begin(&s, most, folder, &allocator);
        for (int use = 0; use < 3; use++) {
            uint64_t size = splitmix_below(&random, SIZE), piece = size / 7 + 1;
            assert_int_equal(spool_reserve(&s, size, &error), RQ_OK);
            for (uint64_t k = (size + piece - 1) / piece; k-- > 0;) {
                uint64_t at = k * piece, left = size - at;
                assert_int_equal(
                    spool_write(&s, at, data + at, (size_t)(left < piece ? left : piece), &error),
                    RQ_OK);
            }
            check_read(&s, size, &random);
        }
        assert_true(count.peak <= most);
        spool_free(&s);
        assert_int_equal(count.used, 0);
    }
}

static void without_memory_it_goes_to_the_file(void **state)
{
    (void)state;
    splitmix random = {10};
    for (uint64_t fail_at = 1; fail_at <= 4; fail_at++) {
        counting count = {.fail_at = fail_at};
        rq_allocator allocator = counting_allocator(&count);
        rq_error error;
        spool s;
        spool_begin(&s, SIZE, folder, &allocator);
        append_all(&s, SIZE, &random);
        check_read(&s, SIZE, &random);
        assert_int_equal(spool_reserve(&s, SIZE, &error), RQ_OK);
        spool_free(&s);
        assert_int_equal(count.used, 0);
    }
}

static void without_a_folder_it_says_so(void **state)
{
    (void)state;
    char missing[FILES_PATH];
    rq_error error;
    spool s;
    files_join(missing, folder, "missing");
    spool_begin(&s, 10, missing, &memory_system);
    assert_int_equal(spool_append(&s, data, 10, &error), RQ_OK);
    assert_int_equal(spool_append(&s, data, 1, &error), RQ_ERROR_IO);
    assert_non_null(strstr(error.message, missing));
    assert_int_equal(spool_reserve(&s, SIZE, &error), RQ_ERROR_IO);
    spool_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_appended_is_read),
        cmocka_unit_test(what_is_written_anywhere_is_read),
        cmocka_unit_test(without_memory_it_goes_to_the_file),
        cmocka_unit_test(without_a_folder_it_says_so),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
