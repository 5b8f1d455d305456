#include "session_call.h"

#include <stdio.h>

#include "platform/system.h"
#include "rq-library.h"

typedef struct functions {
    uintptr_t (*init_session)(uint16_t, uint8_t, uint64_t, uint64_t);
    bool (*free_session)(uintptr_t);
    int32_t (*create_metadata)(uintptr_t, const char *, const char *, uintptr_t, char *, uintptr_t);
    int32_t (*encode_file)(uintptr_t, const char *, const char *, uintptr_t, char *, uintptr_t);
    int32_t (*decode_symbols)(uintptr_t, const char *, const char *, const char *);
    int32_t (*get_last_error)(uintptr_t, char *, uintptr_t);
} functions;

static const functions ours = {
    raptorq_init_session, raptorq_free_session,   raptorq_create_metadata,
    raptorq_encode_file,  raptorq_decode_symbols, raptorq_get_last_error,
};

static bool load(const char *path, functions *f, system_outcome *outcome)
{
    void *library = system_load(path, outcome->message, sizeof outcome->message);
    if (!library)
        return false;
#define FIND(name) ((f->name = (__typeof__(f->name))system_find(library, "raptorq_" #name)) != NULL)
    if (FIND(init_session) && FIND(free_session) && FIND(create_metadata) && FIND(encode_file) &&
        FIND(decode_symbols) && FIND(get_last_error))
        return true;
#undef FIND
    snprintf(outcome->message, sizeof outcome->message, "%s lacks a raptorq_ function", path);
    return false;
}

static int32_t make_call(const functions *f, const session_call *call, uintptr_t session)
{
    static char result[1 << 20];
    switch (call->function) {
    case CALL_ENCODE:
        return f->encode_file(session, call->from, call->to, 0, result, sizeof result);
    case CALL_METADATA:
        return f->create_metadata(session, call->from, call->layout, 0, result, sizeof result);
    case CALL_DECODE:
        return f->decode_symbols(session, call->from, call->to, call->layout);
    }
    return -1;
}

void session_call_run(void *context, system_outcome *outcome)
{
    const session_call *call = context;
    const bench_options *o = call->options;
    functions f = ours;
    outcome->failed = 1;
    if (call->library && !load(call->library, &f, outcome))
        return;
    uint64_t start = platform_clock();
    uintptr_t session =
        f.init_session((uint16_t)o->symbol_size, (uint8_t)o->redundancy, o->memory, 1);
    int32_t status = session ? make_call(&f, call, session) : -1;
    if (status != 0)
        f.get_last_error(session, outcome->message, sizeof outcome->message);
    f.free_session(session);
    outcome->seconds = (double)(platform_clock() - start) * 1e-9;
    outcome->failed = status != 0;
}
