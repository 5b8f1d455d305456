/* A measurement that cannot go on ends the program. */
#ifndef BENCH_FAIL_H
#define BENCH_FAIL_H

#include <stddef.h>

enum {
    STATUS_OK = 0,
    STATUS_FAILED = 1, /* something could not be measured, or came out wrong */
    STATUS_USAGE = 2,
};

#if defined(__GNUC__)
#define FAIL_PRINTF __attribute__((format(printf, 1, 2), noreturn))
#else
#define FAIL_PRINTF
#endif

/* Says why on standard error and exits with STATUS_FAILED. */
void fail(const char *format, ...) FAIL_PRINTF;

/* count * size bytes aligned to 64, or fail. Released with release_array, which takes NULL. */
void *make_array(size_t count, size_t size);
void release_array(void *array, size_t count, size_t size);

#endif
