/* rq-bench codec: encoding. */
#ifndef BENCH_CODEC_ENCODE_H
#define BENCH_CODEC_ENCODE_H

#include "block.h"

typedef struct codec_encode {
    double plan;   /* seconds: making the plan */
    double cold;   /* seconds: plan, one repair symbol */
    double cached; /* seconds: one repair symbol, as few are made */
    double solve;  /* seconds: all intermediate symbols, one repair symbol of them */
    double all;    /* seconds: solve, all repair symbols of the redundancy */
    double symbol; /* seconds a repair symbol from the intermediate ones */
} codec_encode;

codec_encode codec_encode_measure(block *b, const block_solution *solution, uint32_t redundancy,
                                  double seconds);

#endif
