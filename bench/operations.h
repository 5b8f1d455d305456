/* What a plan costs, counted in operations on rows. */
#ifndef BENCH_OPERATIONS_H
#define BENCH_OPERATIONS_H

#include "plan/plan.h"

typedef struct operations {
    double xor, multiply_add; /* a source symbol */
} operations;

operations operations_of(const rq_plan *plan);

#endif
