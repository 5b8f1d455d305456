/* A source block in memory and what solving it takes, as the file pipelines do it: strip by strip,
 * each by one thread of a crew. */
#ifndef BENCH_BLOCK_H
#define BENCH_BLOCK_H

#include "codec/recovery.h"
#include "codec/strips.h"
#include "crew/crew.h"

typedef struct block {
    rfc6330_code code;
    uint32_t K, T, threads;
    size_t stride;          /* between rows of symbols: T, at a multiple of 64, not of 4096 */
    uint8_t *source;        /* K rows */
    const uint8_t **inputs; /* of an encoder's plan: K rows, then NULL for the padding */
    rq_plan *plan;          /* the encoder's */
    codec_strips strips;
    crew *crew;
    uint8_t **workspaces; /* one a thread */
    size_t workspace_size;
} block;

/* A block of random data. */
void block_begin(block *b, uint32_t K, uint32_t T, uint32_t threads);
void block_end(block *b);

/* Makes the encoder's plan anew, past the cache. */
rq_plan *block_plan(const block *b);

/* Makes the outputs from the inputs of the plan in all strips, as pieces: strip by strip, the
 * outputs' whole units one after the other. destinations is aligned and has count * b->stride
 * bytes. */
void block_solve(block *b, const rq_plan *plan, const uint8_t *const *inputs,
                 const codec_outputs *outputs, uint8_t *destinations);

/* Makes a few symbols in their rows of destinations, b->stride apart. */
void block_few(block *b, const codec_few *few, const uint8_t *const *inputs, uint8_t *destinations);

/* Makes the lost symbols in their rows of destinations, b->stride apart. */
void block_recover(block *b, const codec_recovery *recovery, const uint8_t *const *inputs,
                   uint8_t *destinations);

/* All intermediate symbols of the block, strip after strip, to make repair symbols from. */
typedef struct block_solution {
    uint8_t *rows;
    size_t size, widest; /* widest: bytes of the largest strip */
} block_solution;

void block_solution_begin(block_solution *solution, block *b);
void block_solution_end(block_solution *solution);
/* Makes the outputs from it: output i in row i of destinations, b->stride apart. */
void block_emit(block *b, const block_solution *solution, const codec_outputs *outputs,
                uint8_t *destinations);

/* Describes repair symbols with these ESIs to be written to rows 0, 1, .. */
void block_repairs(const block *b, const uint32_t *esis, uint32_t count, codec_outputs *outputs);

/* GB/s of source data if the whole block takes so long. */
double block_rate(const block *b, double seconds);

#endif
