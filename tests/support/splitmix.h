/* SplitMix64: the stream that all golden vectors are made of, and the tests' random numbers. */
#ifndef SUPPORT_SPLITMIX_H
#define SUPPORT_SPLITMIX_H

#include <stddef.h>
#include <stdint.h>

typedef struct splitmix {
    uint64_t state;
} splitmix;

uint64_t splitmix_next(splitmix *stream);
/* 0 to limit - 1; limit at least 1. Not exactly uniform, which no test here needs. */
uint64_t splitmix_below(splitmix *stream, uint64_t limit);
/* The first size bytes of the stream that starts at seed. */
void splitmix_fill(uint64_t seed, void *buffer, size_t size);

#endif
