/* The binary rows of the dense system, reduced; private to this room. */
#ifndef PLAN_REDUCE_H
#define PLAN_REDUCE_H

#include "plan/dense.h"

/* Gauss-Jordan: afterwards reduced row i < rank has a one at pivot[i] and no other pivot's column;
 * the columns without a pivot are the free ones. Takes memory for a table where the system is
 * large, and does without where there is none. False if the watch, which may be NULL, ended it. */
bool plan_reduce(plan_dense *dense, const plan_watch *watch);

#endif
