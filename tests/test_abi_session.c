/* Sessions: ids, the last error, the version, block sizes, and how many calls may run at once. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "rq-library.h"
#include "rq.h"
#include "support/sample.h"

static void ids_start_at_one_and_only_grow(void **state)
{
    (void)state;
    uintptr_t first = raptorq_init_session(1280, 2, 64, 1);
    uintptr_t second = raptorq_init_session(1280, 2, 64, 1);
    assert_int_equal(first, 1);
    assert_true(second > first);
    assert_true(raptorq_free_session(second));
    uintptr_t third = raptorq_init_session(1280, 2, 64, 1);
    assert_true(third > second);
    assert_true(raptorq_free_session(first));
    assert_true(raptorq_free_session(third));
}

static void a_session_is_freed_once(void **state)
{
    (void)state;
    uintptr_t session = raptorq_init_session(1280, 2, 64, 1);
    assert_true(raptorq_free_session(session));
    assert_false(raptorq_free_session(session));
    assert_false(raptorq_free_session(0));
    assert_false(raptorq_free_session(UINTPTR_MAX));
}

static void check_unknown(uintptr_t session)
{
    char buffer[4096] = "unchanged";
    uint8_t parameters[12] = {0, 0, 0, 0, 1, 0, 0, 64, 1, 0, 1, 8};
    assert_int_equal(raptorq_encode_file(session, "/nowhere", "/nowhere", 0, buffer, 4096),
                     RAPTORQ_ERROR_INVALID_SESSION);
    assert_int_equal(raptorq_create_metadata(session, "/nowhere", "", 0, buffer, 4096),
                     RAPTORQ_ERROR_INVALID_SESSION);
    assert_int_equal(raptorq_decode_symbols(session, "/nowhere", "/nowhere/x", "/nowhere"),
                     RAPTORQ_ERROR_INVALID_SESSION);
    assert_int_equal(raptorq_decode_params(session, "/nowhere", "/nowhere/x", parameters, 12),
                     RAPTORQ_ERROR_INVALID_SESSION);
    assert_int_equal(raptorq_get_last_error(session, buffer, sizeof buffer), RAPTORQ_ERROR_GENERIC);
    assert_int_equal(raptorq_get_recommended_block_size(session, 1000), 0);
    assert_int_equal(raptorq_get_recommended_chunk_size(session, 1000), 0);
}

static void unknown_sessions_are_refused(void **state)
{
    (void)state;
    uintptr_t session = raptorq_init_session(1280, 2, 64, 1);
    assert_true(raptorq_free_session(session));
    check_unknown(session);
    check_unknown(0);
    check_unknown(UINTPTR_MAX);
}

/* ---- the last error ---- */

static void a_fresh_session_has_no_error(void **state)
{
    (void)state;
    char error[8] = "before";
    uintptr_t session = raptorq_init_session(1280, 2, 64, 1);
    assert_int_equal(raptorq_get_last_error(session, error, sizeof error), 0);
    assert_string_equal(error, "");
    assert_true(raptorq_free_session(session));
}

static void the_last_error_is_cut_to_the_buffer(void **state)
{
    (void)state;
    uintptr_t session = raptorq_init_session(1280, 2, 64, 1);
    char result[4096], whole[1024];
    assert_int_equal(
        raptorq_encode_file(session, "/nowhere/file", "/nowhere", 0, result, sizeof result),
        RAPTORQ_ERROR_FILE_NOT_FOUND);
    assert_int_equal(raptorq_get_last_error(session, whole, sizeof whole), 0);
    size_t length = strlen(whole);
    assert_in_range(length, 20, 200);
    for (size_t size = 1; size <= length + 2; size++) {
        char cut[256];
        memset(cut, '#', sizeof cut);
        assert_int_equal(raptorq_get_last_error(session, cut, size), 0);
        assert_int_equal(strlen(cut), size - 1 < length ? size - 1 : length);
        assert_memory_equal(cut, whole, strlen(cut));
        assert_int_equal(cut[size], '#');
    }
    assert_true(raptorq_free_session(session));
}

static void the_last_error_needs_a_buffer(void **state)
{
    (void)state;
    char error[8] = "before";
    uintptr_t session = raptorq_init_session(1280, 2, 64, 1);
    assert_int_equal(raptorq_get_last_error(session, NULL, 8), -1);
    assert_int_equal(raptorq_get_last_error(session, error, 0), -1);
    assert_int_equal(raptorq_get_last_error(session + 1000, error, sizeof error), -1);
    assert_string_equal(error, "before");
    assert_true(raptorq_free_session(session));
}

static void sessions_do_not_see_each_others_errors(void **state)
{
    (void)state;
    char result[4096], error[1024];
    uintptr_t one = raptorq_init_session(1280, 2, 64, 1);
    uintptr_t other = raptorq_init_session(1280, 2, 64, 1);
    assert_failure(one, raptorq_create_metadata(one, "/nowhere/file", "", 0, result, 4096),
                   RAPTORQ_ERROR_FILE_NOT_FOUND, "/nowhere/file");
    assert_int_equal(raptorq_get_last_error(other, error, sizeof error), 0);
    assert_string_equal(error, "");
    assert_true(raptorq_free_session(one));
    assert_true(raptorq_free_session(other));
}

/* ---- numbers ---- */

static void the_version_needs_its_length(void **state)
{
    (void)state;
    char version[64];
    size_t needed = strlen("RaptorQ Library v" RQ_VERSION) + 1;
    assert_int_equal(raptorq_version(version, sizeof version), 0);
    assert_string_equal(version, "RaptorQ Library v" RQ_VERSION);
    assert_int_equal(raptorq_version(version, needed), 0);
    strcpy(version, "?");
    assert_int_equal(raptorq_version(version, needed - 1), -1);
    assert_int_equal(raptorq_version(version, 0), -1);
    assert_int_equal(raptorq_version(NULL, 64), -1);
}

static void block_sizes_follow_the_memory(void **state)
{
    (void)state;
    static const struct {
        uint16_t symbol_size;
        uint64_t megabytes, file_size, block_size;
    } cases[] = {
        {1280, 1, 699049, 0},           {1280, 1, 699050, 174080},
        {1280, 1, 3000000, 174080},     {65535, 4, 20000000, 655350},
        {65535, 4, 2796201, 0},         {65535, 4, 2796202, 655350},
        {65535, 1, 1 << 30, 131070},    {1, 3, 1 << 30, 524288},
        {65535, 8192, 1 << 30, 0},      {1280, 64, 0, 0},
        {50000, 64, 1 << 30, 11150000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uintptr_t session = raptorq_init_session(cases[i].symbol_size, 4, cases[i].megabytes, 1);
        assert_int_equal(raptorq_get_recommended_block_size(session, cases[i].file_size),
                         cases[i].block_size);
        assert_int_equal(raptorq_get_recommended_chunk_size(session, cases[i].file_size),
                         cases[i].block_size);
        assert_true(raptorq_free_session(session));
    }
}

static void extreme_settings_do_no_harm(void **state)
{
    (void)state;
    uint64_t limits[] = {0, 1, UINT64_MAX, UINT64_MAX >> 20, (UINT64_MAX >> 20) + 1};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        for (unsigned symbol_size = 0; symbol_size <= 65535; symbol_size += 13107) {
            char result[4096];
            uintptr_t session = raptorq_init_session((uint16_t)symbol_size, 255, limits[i], 1);
            raptorq_get_recommended_block_size(session, UINT64_MAX);
            raptorq_create_metadata(session, "/nowhere/file", "", 0, result, sizeof result);
            raptorq_free_session(session);
        }
    }
}

/* ---- concurrency ---- */

enum { CALLERS = 8, LIMIT = 3 };

struct caller {
    pthread_t thread;
    pthread_barrier_t *barrier;
    const struct sample *sample;
    uintptr_t session;
    int32_t code;
};

static void *call(void *context)
{
    struct caller *self = context;
    char *result = malloc(1 << 20);
    pthread_barrier_wait(self->barrier);
    self->code = result == NULL ? -1
                                : raptorq_create_metadata(self->session, self->sample->input, "", 0,
                                                          result, 1 << 20);
    free(result);
    return NULL;
}

/* Starts all callers at once; the number of those that were let in. */
static size_t run_callers(const struct sample *sample, uintptr_t session)
{
    struct caller callers[CALLERS];
    pthread_barrier_t barrier;
    assert_int_equal(pthread_barrier_init(&barrier, NULL, CALLERS), 0);
    for (size_t i = 0; i < CALLERS; i++) {
        callers[i].barrier = &barrier;
        callers[i].sample = sample;
        callers[i].session = session;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    }
    size_t done = 0;
    for (size_t i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
        assert_true(callers[i].code == RAPTORQ_OK ||
                    callers[i].code == RAPTORQ_ERROR_CONCURRENCY_LIMIT);
        done += callers[i].code == RAPTORQ_OK;
    }
    pthread_barrier_destroy(&barrier);
    return done;
}

/* The first three calls always get in. A later one does too if it comes when an earlier has already
 * ended, which a busy machine may bring about: hence several rounds. */
static void no_more_calls_run_than_the_limit_allows(void **state)
{
    (void)state;
    struct sample sample;
    sample_open(&sample, 8000000, 8192, 1, 0);
    uintptr_t session = raptorq_init_session(8192, 12, 512, LIMIT);
    size_t done = CALLERS;
    for (int round = 0; round < 10 && done > LIMIT; round++) {
        done = run_callers(&sample, session);
        assert_in_range(done, LIMIT, CALLERS);
    }
    assert_int_equal(done, LIMIT);
    char error[1024];
    assert_int_equal(raptorq_get_last_error(session, error, sizeof error), 0);
    assert_non_null(strstr(error, "3"));
    assert_true(raptorq_free_session(session));
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_start_at_one_and_only_grow), /* first: ids are the process's */
        cmocka_unit_test(a_session_is_freed_once),
        cmocka_unit_test(unknown_sessions_are_refused),
        cmocka_unit_test(a_fresh_session_has_no_error),
        cmocka_unit_test(the_last_error_is_cut_to_the_buffer),
        cmocka_unit_test(the_last_error_needs_a_buffer),
        cmocka_unit_test(sessions_do_not_see_each_others_errors),
        cmocka_unit_test(the_version_needs_its_length),
        cmocka_unit_test(block_sizes_follow_the_memory),
        cmocka_unit_test(extreme_settings_do_no_harm),
        cmocka_unit_test(no_more_calls_run_than_the_limit_allows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
