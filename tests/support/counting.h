/* An allocator that counts, checks sizes and fails when told to. */
#ifndef SUPPORT_COUNTING_H
#define SUPPORT_COUNTING_H

#include <stddef.h>
#include <stdint.h>

#include "rq.h"

typedef struct counting {
    uint64_t calls;   /* of allocate */
    uint64_t fail_at; /* the call that fails, from 1; 0: none */
    size_t limit;     /* bytes in use at a time; 0: none */
    size_t used, peak;
} counting;

/* count stays the caller's. A release of another size than was asked for ends the program. */
rq_allocator counting_allocator(counting *count);

#endif
