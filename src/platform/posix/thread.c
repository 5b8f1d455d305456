#include "platform/posix/posix.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/thread.h"

/* Sanitizers put red zones and shadow state on the stack. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_FACTOR 8
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define STACK_FACTOR 8
#endif
#endif
#ifndef STACK_FACTOR
#define STACK_FACTOR 1
#endif

typedef struct start {
    void (*run)(void *);
    void *argument;
} start;

static void *thread_main(void *argument)
{
    start given = *(start *)argument;
    free(argument);
    given.run(given.argument);
    return NULL;
}

/* The system's own needs (its least stack, thread-local storage) come on top of ours. */
static size_t stack_size(void)
{
    size_t size = (size_t)PLATFORM_THREAD_STACK * STACK_FACTOR;
    long least = -1;
#ifdef _SC_THREAD_STACK_MIN
    least = sysconf(_SC_THREAD_STACK_MIN);
#endif
#ifdef PTHREAD_STACK_MIN
    if (least < 0)
        least = (long)PTHREAD_STACK_MIN;
#endif
    if (least > PLATFORM_THREAD_STACK / 4)
        size += (size_t)least;
    size_t page = 65536; /* a multiple of every page size in use */
    return (size + page - 1) / page * page;
}

/* The program's signal handlers must not run on our small stacks: the signals that can come from
 * outside stay with its own threads. */
static void block_signals(sigset_t *before)
{
    sigset_t blocked;
    sigfillset(&blocked);
    sigdelset(&blocked, SIGSEGV);
    sigdelset(&blocked, SIGBUS);
    sigdelset(&blocked, SIGFPE);
    sigdelset(&blocked, SIGILL);
    sigdelset(&blocked, SIGTRAP);
    sigdelset(&blocked, SIGABRT);
    (void)pthread_sigmask(SIG_SETMASK, &blocked, before);
}

int platform_thread_start(platform_thread *thread, void (*run)(void *), void *argument)
{
    pthread_attr_t attributes;
    int failure = pthread_attr_init(&attributes);
    if (failure != 0)
        return failure;
    (void)pthread_attr_setstacksize(&attributes, stack_size());
    start *given = malloc(sizeof *given);
    if (!given) {
        (void)pthread_attr_destroy(&attributes);
        return ENOMEM;
    }
    *given = (start){run, argument};
    sigset_t before;
    block_signals(&before);
    failure = pthread_create(thread, &attributes, thread_main, given);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    if (failure != 0)
        free(given);
    return failure;
}

void platform_thread_join(platform_thread thread)
{
    (void)pthread_join(thread, NULL);
}

int platform_mutex_init(platform_mutex *mutex)
{
    return pthread_mutex_init(mutex, NULL);
}

void platform_mutex_destroy(platform_mutex *mutex)
{
    (void)pthread_mutex_destroy(mutex);
}

void platform_mutex_lock(platform_mutex *mutex)
{
    (void)pthread_mutex_lock(mutex);
}

void platform_mutex_unlock(platform_mutex *mutex)
{
    (void)pthread_mutex_unlock(mutex);
}

int platform_condition_init(platform_condition *condition)
{
    return pthread_cond_init(condition, NULL);
}

void platform_condition_destroy(platform_condition *condition)
{
    (void)pthread_cond_destroy(condition);
}

void platform_condition_wait(platform_condition *condition, platform_mutex *mutex)
{
    (void)pthread_cond_wait(condition, mutex);
}

void platform_condition_signal(platform_condition *condition)
{
    (void)pthread_cond_signal(condition);
}

void platform_condition_broadcast(platform_condition *condition)
{
    (void)pthread_cond_broadcast(condition);
}

void platform_run_once(platform_once *once, void (*run)(void))
{
    (void)pthread_once(once, run);
}
