/* Running plans over strips, and making symbols from what they leave. */
#ifndef CODEC_EXECUTE_H
#define CODEC_EXECUTE_H

#include "codec/outputs.h"
#include "codec/strips.h"
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

/* All but the last step: the peeled columns' rows are their known parts. Then the last one, for
 * which only the inactive columns' rows must be as they were left. */
void codec_solve_parts(const rq_plan *plan, const uint8_t *const *inputs, size_t offset,
                       size_t width, uint8_t *workspace);
void codec_complete(const rq_plan *plan, const uint8_t *const *inputs, size_t offset, size_t width,
                    uint8_t *workspace);

/* Makes the outputs first to first + count - 1 of the strip in workspace: width octets each, at
 * destinations + destination row * stride. */
void codec_emit(const codec_outputs *outputs, uint32_t first, uint32_t count,
                const uint8_t *workspace, size_t width, uint8_t *destinations, size_t stride);

/* Of count inputs, those octets that a worker reads next, most likely, after a strip that begins at
 * offset: each of the workers takes the next one. None if that is beyond the sub-symbol, or if the
 * inputs are so short together that they are in some cache. */
gf256_coming codec_coming(const codec_strip *strip, const uint8_t *const *inputs, uint32_t count,
                          size_t offset, uint32_t workers);

/* Makes all outputs of a strip where they are not read soon: whole units, next to each other,
 * aligned to 64. Meanwhile the rows of the strip that comes next are fetched. */
void codec_emit_far(const codec_outputs *outputs, const uint8_t *workspace, size_t width,
                    uint8_t *destinations, const gf256_coming *coming);

/* Makes one symbol: width octets. */
void codec_symbol(const rfc6330_code *code, uint32_t isi, const uint8_t *workspace, size_t width,
                  uint8_t *symbol);

#endif
