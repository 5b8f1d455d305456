/* Writes the program of a solved system; private to this room. */
#ifndef PLAN_PROGRAM_H
#define PLAN_PROGRAM_H

#include "plan/dense.h"
#include "plan/plan.h"

/* Fills plan's arrays and row_count. input_count rows after the LDPC ones have inputs, the rest are
 * padding. False if there is no memory. */
bool plan_program_write(rq_plan *plan, const plan_matrix *matrix, const plan_peeling *peeling,
                        const plan_dense *dense);

#endif
