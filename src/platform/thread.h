/* Threads with small stacks, locks, conditions. */
#ifndef PLATFORM_THREAD_H
#define PLATFORM_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#error "no implementation of platform/thread.h for this system yet"
#elif defined(__wasm__) && !defined(__wasm_atomics__)
typedef int platform_mutex, platform_condition, platform_thread, platform_once;
#define PLATFORM_MUTEX_INITIALIZER 0
#define PLATFORM_ONCE_INITIALIZER  0
#else
#include <pthread.h>
typedef pthread_mutex_t platform_mutex;
typedef pthread_cond_t platform_condition;
typedef pthread_t platform_thread;
typedef pthread_once_t platform_once;
#define PLATFORM_MUTEX_INITIALIZER PTHREAD_MUTEX_INITIALIZER
#define PLATFORM_ONCE_INITIALIZER  PTHREAD_ONCE_INIT
#endif

enum { PLATFORM_THREAD_STACK = 256 * 1024 }; /* bytes; enough for everything the library runs */

/* 0 or the system's error number. */
int platform_thread_start(platform_thread *thread, void (*run)(void *), void *argument);
void platform_thread_join(platform_thread thread);

int platform_mutex_init(platform_mutex *mutex);
void platform_mutex_destroy(platform_mutex *mutex);
void platform_mutex_lock(platform_mutex *mutex);
void platform_mutex_unlock(platform_mutex *mutex);

int platform_condition_init(platform_condition *condition);
void platform_condition_destroy(platform_condition *condition);
void platform_condition_wait(platform_condition *condition, platform_mutex *mutex);
void platform_condition_signal(platform_condition *condition);
void platform_condition_broadcast(platform_condition *condition);

/* Runs run exactly once, however many threads come; later ones wait until it has ended. */
void platform_run_once(platform_once *once, void (*run)(void));

#endif
