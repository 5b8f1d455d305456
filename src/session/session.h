/* Sessions: what an id of the drop-in ABI stands for. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "memory/budget.h"
#include "platform/thread.h"
#include "rq.h"

typedef struct session {
    uintptr_t id;
    rq_options options;
    uint64_t concurrency_limit;
    budget *budget;   /* shared by all calls of the session */
    uint32_t users;   /* functions inside; of these, */
    uint64_t running; /* calls that count against the limit */
    bool ending;
    char last_error[1024];
    struct session *next;
} session;

/* A new session's id, or 0 without memory. Ids start at 1 and only grow. */
uintptr_t session_create(const rq_options *options, uint64_t concurrency_limit);
/* Ends a session once those inside have left; false if there is none of that id. */
bool session_end(uintptr_t id);

/* Goes in and out of a session; NULL if there is none of that id. Between the two it stays. */
session *session_enter(uintptr_t id);
void session_leave(session *session);

/* Takes one of the concurrency_limit places for a call that works; false if all are taken. */
bool session_begin_call(session *session);
void session_end_call(session *session);

/* Keeps a message, cut to fit, for raptorq_get_last_error; and copies it out, cut to fit. */
void session_set_error(session *session, const char *message);
void session_get_error(session *session, char *buffer, size_t size);

#endif
