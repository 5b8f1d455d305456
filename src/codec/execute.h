/* Running plans over strips, and making symbols from what they leave. */
#ifndef CODEC_EXECUTE_H
#define CODEC_EXECUTE_H

#include "plan/plan.h"

/* A strip's width rounded up to whole units: the stride of workspace rows. */
static inline size_t codec_stride(size_t width)
{
    return (width + GF256_UNIT - 1) / GF256_UNIT * GF256_UNIT;
}

/* Bytes of workspace for a strip of that width. */
static inline uint64_t codec_workspace_size(const rq_plan *plan, size_t width)
{
    return (uint64_t)plan->row_count * codec_stride(width);
}

/* Solves a strip: input i is the width octets at inputs[i] + offset, or zeros where inputs[i] is
 * NULL. Afterwards rows 0..L-1 of workspace (aligned to 64) are the intermediate symbols. */
void codec_solve(const rq_plan *plan, const uint8_t *const *inputs, size_t offset, size_t width,
                 uint8_t *workspace);

/* Which symbols to make from intermediate ones: worked out once, used for every strip. */
typedef struct codec_outputs {
    const rq_allocator *allocator;
    gf256_gather *gathers;
    uint16_t *operands;
    uint32_t count, capacity;
    uint32_t operand_count, operand_capacity;
} codec_outputs;

/* False if there is no memory; room for capacity symbols. */
bool codec_outputs_begin(codec_outputs *outputs, uint32_t capacity, const rq_allocator *allocator);
/* Empties it for other symbols. */
void codec_outputs_clear(codec_outputs *outputs);
/* Adds the symbol of an ISI, to be written to row `destination`. False if there is no memory. */
bool codec_outputs_add(codec_outputs *outputs, const rfc6330_code *code, uint32_t isi,
                       uint32_t destination);
void codec_outputs_free(codec_outputs *outputs);

/* Bytes that an output takes, on average. */
enum { CODEC_OUTPUT_SIZE = 32 };

/* Makes the outputs first to first + count - 1 of the strip in workspace: width octets each, at
 * destinations + destination row * stride. streaming: whole units, aligned to 64, not read soon. */
void codec_emit(const codec_outputs *outputs, uint32_t first, uint32_t count,
                const uint8_t *workspace, size_t width, uint8_t *destinations, size_t stride,
                bool streaming);

/* Makes one symbol: width octets. */
void codec_symbol(const rfc6330_code *code, uint32_t isi, const uint8_t *workspace, size_t width,
                  uint8_t *symbol);

#endif
