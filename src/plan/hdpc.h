/* The HDPC rows' coefficients of the inactive symbols, and the free symbols' from them; private. */
#ifndef PLAN_HDPC_H
#define PLAN_HDPC_H

#include "plan/dense.h"

/* Fills dense->hdpc. False if there is no memory. */
bool plan_hdpc_make(plan_dense *dense);

/* Fills dense->inverse and chosen; returns the rank found, which is free_count if all is well. */
uint32_t plan_hdpc_solve(plan_dense *dense);

#endif
