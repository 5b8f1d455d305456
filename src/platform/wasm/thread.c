/* WebAssembly without threads: nobody to wait for. */
#include "platform/thread.h"

#include <errno.h>

int platform_thread_start(platform_thread *thread, void (*run)(void *), void *argument)
{
    (void)thread, (void)run, (void)argument;
    return ENOTSUP;
}

void platform_thread_join(platform_thread thread)
{
    (void)thread;
}

int platform_mutex_init(platform_mutex *mutex)
{
    *mutex = PLATFORM_MUTEX_INITIALIZER;
    return 0;
}

void platform_mutex_destroy(platform_mutex *mutex)
{
    (void)mutex;
}

void platform_mutex_lock(platform_mutex *mutex)
{
    (void)mutex;
}

void platform_mutex_unlock(platform_mutex *mutex)
{
    (void)mutex;
}

int platform_condition_init(platform_condition *condition)
{
    *condition = 0;
    return 0;
}

void platform_condition_destroy(platform_condition *condition)
{
    (void)condition;
}

void platform_condition_wait(platform_condition *condition, platform_mutex *mutex)
{
    (void)condition, (void)mutex;
}

void platform_condition_signal(platform_condition *condition)
{
    (void)condition;
}

void platform_condition_broadcast(platform_condition *condition)
{
    (void)condition;
}

void platform_run_once(platform_once *once, void (*run)(void))
{
    if (*once == PLATFORM_ONCE_INITIALIZER) {
        *once = !PLATFORM_ONCE_INITIALIZER;
        run();
    }
}
