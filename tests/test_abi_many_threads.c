/* The session ABI from many threads at once: sessions made, used, asked for their error and freed
 * in any order, also while they work. Nothing but the documented codes comes back, and no session
 * outlives its end. Worth most under ThreadSanitizer. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "rq-library.h"
#include "support/sample.h"
#include "support/splitmix.h"

enum { THREADS = 6, CALLS = 60, SESSIONS = 4, SIZE = 40000, WRONG = 1000000 };

typedef struct stage {
    struct sample sample;
    _Atomic uintptr_t sessions[SESSIONS]; /* of all threads */
    atomic_int codes[20];                 /* how often each came */
    atomic_int wrong;
} stage;

typedef struct actor {
    stage *stage;
    unsigned number;
    pthread_t thread;
} actor;

static void count(stage *s, int32_t code)
{
    if (code > 0 || code <= -20)
        atomic_fetch_add(&s->wrong, 1);
    else
        atomic_fetch_add(&s->codes[-code], 1);
}

static bool is_the_sample(const stage *s, const char *path)
{
    return files_exists(path) && files_equal(path, s->sample.data, s->sample.size);
}

/* One call on whatever session is at that place now, perhaps one that another thread is freeing. */
static void act(const actor *self, uint64_t choice, char *result, size_t room)
{
    stage *s = self->stage;
    _Atomic uintptr_t *place = &s->sessions[choice / 16 % SESSIONS];
    uintptr_t session = atomic_load(place);
    char path[FILES_PATH + 32], words[200];
    int32_t code = RAPTORQ_OK;
    snprintf(path, sizeof path, "%s/of-%u", s->sample.folder, self->number);
    switch (choice % 8) {
    case 0:
        session = raptorq_init_session(1024, 2, 64, 1 + choice / 64 % 3);
        session = atomic_exchange(place, session);
        (void)raptorq_free_session(session);
        return;
    case 1:
        (void)raptorq_free_session(session);
        return;
    case 2:
        code = raptorq_create_metadata(session, s->sample.input, "", 0, result, room);
        break;
    case 3:
        code = raptorq_encode_file(session, s->sample.input, path, 0, result, room);
        break;
    case 4:
    case 5:
        strcat(path, ".out");
        code = raptorq_decode_symbols(session, s->sample.symbols, path, s->sample.layout);
        if (code == RAPTORQ_OK && !is_the_sample(s, path))
            code = -WRONG;
        break;
    case 6:
        code = raptorq_get_last_error(session, words, 1 + (size_t)(choice / 64 % sizeof words));
        break;
    default:
        (void)raptorq_get_recommended_block_size(session, choice);
        code = raptorq_version(words, sizeof words);
    }
    count(s, code);
}

static void *run(void *context)
{
    const actor *self = context;
    const size_t room = 1 << 20;
    char *result = malloc(room);
    splitmix random = {self->number};
    for (int i = 0; result && i < CALLS; i++)
        act(self, splitmix_next(&random), result, room);
    free(result);
    return NULL;
}

static void many_threads_and_few_sessions(void **state)
{
    (void)state;
    stage *s = calloc(1, sizeof *s);
    actor actors[THREADS];
    sample_open(&s->sample, SIZE, 1024, 3, 0);
    for (int i = 0; i < SESSIONS; i++)
        s->sessions[i] = raptorq_init_session(1024, 2, 64, 2);
    for (unsigned i = 0; i < THREADS; i++) {
        actors[i] = (actor){.stage = s, .number = i};
        assert_int_equal(pthread_create(&actors[i].thread, NULL, run, &actors[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(actors[i].thread, NULL), 0);
    static const int32_t never[] = {
        RAPTORQ_ERROR_INVALID_PARAMETERS, RAPTORQ_ERROR_INVALID_RESPONSE,
        RAPTORQ_ERROR_BUFFER_TOO_SMALL,   RAPTORQ_ERROR_IO,
        RAPTORQ_ERROR_FILE_NOT_FOUND,     RAPTORQ_ERROR_INVALID_PATH,
        RAPTORQ_ERROR_ENCODING_FAILED,    RAPTORQ_ERROR_DECODING_FAILED};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_int_equal(s->codes[-never[i]], 0);
    assert_int_equal(s->wrong, 0);
    assert_true(s->codes[0] > 0);
    for (int i = 0; i < SESSIONS; i++)
        (void)raptorq_free_session(s->sessions[i]);
    sample_close(&s->sample);
    free(s);
}

/* ---- the end of a session that works ---- */

typedef struct worker {
    const struct sample *sample;
    uintptr_t session;
    atomic_bool begun, ended;
    int32_t code;
} worker;

static void *work(void *context)
{
    worker *self = context;
    char *result = malloc(1 << 20);
    atomic_store(&self->begun, true);
    self->code = raptorq_encode_file(self->session, self->sample->input, self->sample->output, 0,
                                     result, 1 << 20);
    atomic_store(&self->ended, true);
    free(result);
    return NULL;
}

static void *end_session(void *context)
{
    const worker *of = context;
    return (void *)(uintptr_t)raptorq_free_session(of->session);
}

/* Of two that free it at once one waits for the call and is told true, the other false. */
static void freeing_waits_for_what_runs(void **state)
{
    (void)state;
    struct sample sample;
    sample_open(&sample, 2000000, 1024, 1, 0);
    for (int round = 0; round < 20; round++) {
        worker self = {.sample = &sample, .session = raptorq_init_session(1024, 4, 64, 2)};
        pthread_t thread, first, second;
        void *one, *other;
        assert_int_equal(pthread_create(&thread, NULL, work, &self), 0);
        while (!atomic_load(&self.begun))
            ;
        assert_int_equal(pthread_create(&first, NULL, end_session, &self), 0);
        assert_int_equal(pthread_create(&second, NULL, end_session, &self), 0);
        assert_int_equal(pthread_join(first, &one), 0);
        assert_int_equal(pthread_join(second, &other), 0);
        assert_int_equal((uintptr_t)one + (uintptr_t)other, 1);
        assert_false(raptorq_free_session(self.session));
        char words[64];
        assert_int_equal(raptorq_get_last_error(self.session, words, sizeof words), -1);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_true(self.code == RAPTORQ_OK || self.code == RAPTORQ_ERROR_INVALID_SESSION);
        files_remove(sample.output);
    }
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads_and_few_sessions),
        cmocka_unit_test(freeing_waits_for_what_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
