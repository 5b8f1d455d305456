/* Runs a piece of a test in a process of its own, under a hard limit of the system on memory. */
#ifndef SUPPORT_LIMITED_H
#define SUPPORT_LIMITED_H

#include <stdint.h>

#include "rq.h"

/* Code, libraries, the C library's own and what the test holds: not counted by the library. */
#define LIMITED_ALLOWANCE (UINT64_C(16) << 20)

typedef struct limited_outcome {
    int status;     /* what the function returned */
    rq_error error; /* what it wrote */
    uint64_t taken; /* data at the most, beyond what was at the start, as far as it was seen */
} limited_outcome;

typedef int (*limited_function)(void *context, rq_error *error);

/* Calls function in a child that may have limit + LIMITED_ALLOWANCE bytes of data; 0: any number.
 * Builds with sanitizers run without the limit. What function writes to memory is lost but for
 * limited_shared. Fails the test if the child does not come to the end of function. */
limited_outcome limited_run(uint64_t limit, limited_function function, void *context);

/* Zeroed memory that the children share with the test; freed with the program. */
void *limited_shared(uint64_t size);

#endif
