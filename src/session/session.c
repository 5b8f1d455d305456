#include "session/session.h"

#include <string.h>

/* One lock for the list and what is in it; it is held for a few instructions, never during work. */
static platform_mutex sessions_mutex = PLATFORM_MUTEX_INITIALIZER;
static platform_condition sessions_left; /* somebody left an ending session */
static platform_once sessions_once = PLATFORM_ONCE_INITIALIZER;
static session *sessions;
static uintptr_t last_id;

static void make_condition(void)
{
    platform_condition_init(&sessions_left);
}

static void lock(void)
{
    platform_run_once(&sessions_once, make_condition);
    platform_mutex_lock(&sessions_mutex);
}

static void unlock(void)
{
    platform_mutex_unlock(&sessions_mutex);
}

/* With the lock held. */
static session *find(uintptr_t id)
{
    for (session *s = sessions; s; s = s->next) {
        if (s->id == id)
            return s->ending ? NULL : s;
    }
    return NULL;
}

uintptr_t session_create(const rq_options *options, uint64_t concurrency_limit)
{
    session *s = memory_allocate(&memory_system, 1, sizeof *s);
    if (!s)
        return 0;
    *s = (session){.options = *options, .concurrency_limit = concurrency_limit};
    s->budget = budget_create(options->memory_limit);
    if (!s->budget) {
        memory_release(&memory_system, s, 1, sizeof *s);
        return 0;
    }
    lock();
    uintptr_t id = s->id = ++last_id;
    s->next = sessions;
    sessions = s;
    unlock();
    return id;
}

bool session_end(uintptr_t id)
{
    lock();
    session *s = find(id);
    if (!s) {
        unlock();
        return false;
    }
    s->ending = true;
    while (s->users > 0)
        platform_condition_wait(&sessions_left, &sessions_mutex);
    session **link = &sessions;
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    unlock();
    budget_free(s->budget);
    memory_release(&memory_system, s, 1, sizeof *s);
    return true;
}

session *session_enter(uintptr_t id)
{
    lock();
    session *s = find(id);
    if (s)
        s->users++;
    unlock();
    return s;
}

void session_leave(session *s)
{
    lock();
    s->users--;
    if (s->ending)
        platform_condition_broadcast(&sessions_left);
    unlock();
}

bool session_begin_call(session *s)
{
    lock();
    bool free_place = s->running < s->concurrency_limit;
    s->running += free_place;
    unlock();
    return free_place;
}

void session_end_call(session *s)
{
    lock();
    s->running--;
    unlock();
}

/* Copies text and its NUL, cut to size at a character's edge. */
static void copy_text(char *to, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(to, text, length);
    to[length] = '\0';
}

void session_set_error(session *s, const char *message)
{
    lock();
    copy_text(s->last_error, sizeof s->last_error, message);
    unlock();
}

void session_get_error(session *s, char *buffer, size_t size)
{
    lock();
    copy_text(buffer, size, s->last_error);
    unlock();
}
