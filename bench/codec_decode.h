/* rq-bench codec: decoding, from other symbols each time. */
#ifndef BENCH_CODEC_DECODE_H
#define BENCH_CODEC_DECODE_H

#include "block.h"

typedef struct codec_decode {
    double plan; /* seconds: making the plan */
    double all;  /* seconds: plan, solve, lost source symbols written where they belong */
} codec_decode;

enum { DECODE_REPAIR_ONLY = 100 };

/* `percent` of the source symbols, at least one, are lost, and as many repair symbols at hand;
 * repair-only has two more. Fails if a byte comes out wrong. */
codec_decode codec_decode_measure(block *b, const block_solution *solution, uint32_t percent,
                                  double seconds);

#endif
