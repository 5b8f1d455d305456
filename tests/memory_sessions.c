/* memory_sessions LIMIT_MB CALLS FILE FOLDER: encodes FILE that many times at once, in one session
 * of that limit, into FOLDER/0, FOLDER/1, ... as one block with redundancy 3. For
 * scripts/test-memory, which runs it under a limit of the system's. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "rq-library.h"
#include "support/files.h"

enum { SYMBOL_SIZE = 65535, REDUNDANCY = 3, MOST_CALLS = 64, STACK = 512 << 10 };

typedef struct call {
    uintptr_t session;
    const char *input;
    char output[FILES_PATH];
    int32_t status;
    char result[16384];
} call;

static void *encode(void *context)
{
    call *self = context;
    self->status =
        raptorq_encode_file(self->session, self->input, self->output,
                            (uintptr_t)files_size(self->input), self->result, sizeof self->result);
    return NULL;
}

int main(int count, char **arguments)
{
    static call calls[MOST_CALLS];
    pthread_t threads[MOST_CALLS];
    unsigned long wanted = count == 5 ? strtoul(arguments[2], NULL, 10) : 0;
    if (wanted < 1 || wanted > MOST_CALLS) {
        fprintf(stderr, "usage: memory_sessions LIMIT_MB CALLS FILE FOLDER\n");
        return 2;
    }
    uintptr_t session =
        raptorq_init_session(SYMBOL_SIZE, REDUNDANCY, strtoull(arguments[1], NULL, 10), wanted);
    int failed = 0;
    pthread_attr_t attributes; /* stacks are data to the system, but not the session's */
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    for (unsigned long i = 0; i < wanted; i++) {
        char name[32];
        snprintf(name, sizeof name, "%lu", i);
        calls[i].session = session;
        calls[i].input = arguments[3];
        files_join(calls[i].output, arguments[4], name);
        if (pthread_create(&threads[i], &attributes, encode, &calls[i]) != 0)
            return 2;
    }
    for (unsigned long i = 0; i < wanted; i++) {
        pthread_join(threads[i], NULL);
        if (calls[i].status != RAPTORQ_OK) {
            char why[1024] = "";
            raptorq_get_last_error(session, why, sizeof why);
            fprintf(stderr, "call %lu: %d, last error: %s\n", i, (int)calls[i].status, why);
            failed = 1;
        }
    }
    raptorq_free_session(session);
    return failed;
}
