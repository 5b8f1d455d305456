/* Numbers that are random enough for data and losses, and the same in every run (xorshift64*). */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct random_stream {
    uint64_t state; /* not 0 */
} random_stream;

uint64_t random_next(random_stream *stream);
/* 0 to limit - 1; limit at least 1. */
uint32_t random_below(random_stream *stream, uint32_t limit);
void random_fill(random_stream *stream, void *buffer, size_t size);
/* Puts the first `wanted` of count numbers in random order; all of them may become any of these. */
void random_choose(random_stream *stream, uint32_t *numbers, uint32_t count, uint32_t wanted);

#endif
