/* One call of a session function, of this library or of another one with the same C ABI. */
#ifndef BENCH_SESSION_CALL_H
#define BENCH_SESSION_CALL_H

#include "options.h"
#include "system.h"

enum session_function { CALL_ENCODE, CALL_METADATA, CALL_DECODE };

typedef struct session_call {
    const char *library; /* a path; NULL: this one */
    enum session_function function;
    const bench_options *options;
    const char *from, *to, *layout; /* encoding writes its layout into the folder `to` */
} session_call;

/* Does it, from making a session to freeing it, in a process of its own: a function for
 * system_run_apart, whose context is a session_call. */
void session_call_run(void *context, system_outcome *outcome);

#endif
