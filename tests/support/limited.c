#define _GNU_SOURCE
#include "support/limited.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/sanitizer.h"

/* ---- how much data there is, looked at again and again: the system keeps no peak of it ---- */

enum { EVERY = 100000, STACK = 256 << 10 }; /* nanoseconds; bytes */

typedef struct sampler {
    pthread_t thread;
    atomic_bool stop;
    uint64_t start, peak;
} sampler;

/* Bytes of private writable memory; 0 if the system does not say. */
static uint64_t data_size(void)
{
    char text[128];
    unsigned long long pages = 0;
    int file = open("/proc/self/statm", O_RDONLY);
    ssize_t got = file >= 0 ? read(file, text, sizeof text - 1) : 0;
    if (file >= 0)
        close(file);
    text[got > 0 ? got : 0] = '\0';
    if (sscanf(text, "%*u %*u %*u %*u %*u %llu", &pages) != 1)
        return 0;
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void *sample(void *context)
{
    sampler *self = context;
    while (!atomic_load(&self->stop)) {
        uint64_t now = data_size();
        self->peak = now > self->peak ? now : self->peak;
        nanosleep(&(struct timespec){.tv_nsec = EVERY}, NULL);
    }
    return NULL;
}

static bool sampler_start(sampler *self)
{
    pthread_attr_t attributes;
    memset(self, 0, sizeof *self);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    bool started = pthread_create(&self->thread, &attributes, sample, self) == 0;
    self->start = data_size();
    return started;
}

static uint64_t sampler_stop(sampler *self)
{
    atomic_store(&self->stop, true);
    pthread_join(self->thread, NULL);
    return self->peak > self->start ? self->peak - self->start : 0;
}

/* ---- a child ---- */

static void child(uint64_t limit, limited_function function, void *context,
                  limited_outcome *outcome)
{
    uint64_t bytes = limit + LIMITED_ALLOWANCE;
    struct rlimit data = {(rlim_t)bytes, (rlim_t)bytes};
    if (limit > 0 && !SUPPORT_SLOW_BUILD && setrlimit(RLIMIT_DATA, &data) != 0)
        _exit(3);
    sampler sampler;
    if (!sampler_start(&sampler))
        _exit(4);
    outcome->status = function(context, &outcome->error);
    outcome->taken = sampler_stop(&sampler);
    _exit(0);
}

void *limited_shared(uint64_t size)
{
    void *shared =
        mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    return shared;
}

limited_outcome limited_run(uint64_t limit, limited_function function, void *context)
{
    limited_outcome *shared = limited_shared(sizeof *shared);
    fflush(NULL);
    pid_t id = fork();
    assert_true(id >= 0);
    if (id == 0)
        child(limit, function, context, shared);
    int status = 0;
    assert_true(waitpid(id, &status, 0) == id);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    limited_outcome outcome = *shared;
    munmap(shared, sizeof *shared);
    return outcome;
}
