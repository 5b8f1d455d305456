/* Which symbols to make from intermediate symbols, and of which of those each is the sum. */
#ifndef CODEC_OUTPUTS_H
#define CODEC_OUTPUTS_H

#include "gf256/gf256.h"
#include "memory/memory.h"
#include "rfc6330/rfc6330.h"

/* Worked out once, used for every strip. */
typedef struct codec_outputs {
    const rq_allocator *allocator;
    gf256_gather *gathers;
    uint16_t *operands;
    uint32_t count, capacity;
    uint32_t operand_count, operand_capacity;
    uint16_t open; /* columns of the one that is being added */
} codec_outputs;

/* False if there is no memory; room for capacity symbols. */
bool codec_outputs_begin(codec_outputs *outputs, uint32_t capacity, const rq_allocator *allocator);
/* The same; exactly so many, of exactly so many columns together. */
bool codec_outputs_reserve(codec_outputs *outputs, uint32_t capacity, uint32_t operand_capacity,
                           const rq_allocator *allocator);
/* Empties it for other symbols. */
void codec_outputs_clear(codec_outputs *outputs);
/* Adds the symbol of an ISI, to be written to row `destination`. False if there is no memory. */
bool codec_outputs_add(codec_outputs *outputs, const rfc6330_code *code, uint32_t isi,
                       uint32_t destination);
/* Puts them, added in the order of their rows, into an order in which they are written past the
 * caches faster. It takes memory for a copy while it runs; where there is none, they stay. */
void codec_outputs_arrange(codec_outputs *outputs);
void codec_outputs_free(codec_outputs *outputs); /* all zeros: nothing */

/* Adds a sum of any rows, one after the other, then where it goes. There must be room. */
static inline void codec_outputs_put(codec_outputs *outputs, uint32_t row)
{
    outputs->operands[outputs->operand_count++] = (uint16_t)row;
    outputs->open++;
}

static inline void codec_outputs_end(codec_outputs *outputs, uint32_t destination)
{
    outputs->gathers[outputs->count++] =
        (gf256_gather){GF256_NO_INPUT, destination, outputs->open, outputs->open};
    outputs->open = 0;
}

/* Bytes that an output takes, on average. */
enum { CODEC_OUTPUT_SIZE = 32 };

#endif
