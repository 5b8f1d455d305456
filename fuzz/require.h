/* What must be so whatever the input is: where it is not, the program ends, which the fuzzer keeps
 * the input of. */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* A macro, for the compiler makes one of several calls of abort. */
#define require(condition) require_at(condition, __FILE__, __LINE__)

static inline void require_at(bool condition, const char *file, int line)
{
    if (condition)
        return;
    fprintf(stderr, "%s: what line %d requires is not so\n", file, line);
    abort();
}

#endif
