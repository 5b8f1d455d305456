/* An allocator that refuses at random, and keeps account of what it gave. */
#ifndef SUPPORT_SCARCE_H
#define SUPPORT_SCARCE_H

#include <stdint.h>

#include "rq.h"
#include "support/counting.h"
#include "support/splitmix.h"

/* Stays where it is from begin to end. */
typedef struct scarce {
    rq_allocator allocator;
    uint32_t share;   /* of 256 requests, so many are refused */
    uint64_t refused; /* so far */
    splitmix random;
    counting count;
    rq_allocator source;
} scarce;

void scarce_begin(scarce *memory, uint64_t seed, uint32_t share);
/* Ends the program unless all was given back. */
void scarce_end(const scarce *memory);

#endif
