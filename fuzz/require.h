/* What must be so whatever the input is: where it is not, the program ends, which the fuzzer keeps
 * the input of. */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define require(condition) ((condition) ? (void)0 : require_failed(__FILE__, __LINE__))

/* Tells the line, for the compiler makes one of several calls of abort. */
static inline _Noreturn void require_failed(const char *file, int line)
{
    fprintf(stderr, "%s: what line %d requires is not so\n", file, line);
    abort();
}

#endif
