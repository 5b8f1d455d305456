#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory/memory.h"

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("rq-bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(STATUS_FAILED);
}

void *make_array(size_t count, size_t size)
{
    void *array = memory_allocate(&memory_system, count, size);
    if (!array)
        fail("no memory for %zu times %zu bytes", count, size);
    return array;
}

void release_array(void *array, size_t count, size_t size)
{
    memory_release(&memory_system, array, count, size);
}
