/* Writes the program of a solved system; private to this room. */
#ifndef PLAN_PROGRAM_H
#define PLAN_PROGRAM_H

#include "plan/dense.h"
#include "plan/plan.h"

/* Begins plan's program with what peeling tells. False if there is no memory; then, as at the end,
 * the plan is freed by plan_free. */
bool plan_program_begin(rq_plan *plan, const plan_matrix *matrix, const plan_peeling *peeling);

/* Writes the rest, and row_count. */
void plan_program_end(rq_plan *plan, const plan_matrix *matrix, const plan_peeling *peeling,
                      const plan_dense *dense);

#endif
