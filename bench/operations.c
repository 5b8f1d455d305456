#include "operations.h"

/* A sum of n rows is n - 1 XORs, and copying or clearing a row none. */
static double gathers_xor(const rq_plan *plan, const plan_step *step)
{
    double sum = 0;
    for (uint32_t i = 0; i < step->count; i++) {
        const gf256_gather *gather = &plan->gathers[step->first_gather + i];
        uint32_t rows = step->kind == PLAN_GATHER_NEAR ? gather->near : gather->all;
        rows += gather->input != GF256_NO_INPUT;
        sum += rows > 0 ? rows - 1 : 0;
    }
    return sum;
}

operations operations_of(const rq_plan *plan)
{
    operations all = {0, 0};
    for (const plan_step *step = plan->steps; step < plan->steps + plan->step_count; step++) {
        switch (step->kind) {
        case PLAN_ZERO:
            break;
        case PLAN_GATHER_NEAR:
        case PLAN_GATHER_ALL:
            all.xor += gathers_xor(plan, step);
            break;
        case PLAN_HORNER: /* acc = 2 acc + column, then acc to a sum; at the end doubled on */
            all.xor += step->count;
            all.multiply_add += step->count + 1.0 + plan->code.H;
            break;
        case PLAN_COMBINE:
            all.multiply_add += (double)step->count * step->target_count;
            break;
        }
    }
    all.xor /= plan->K;
    all.multiply_add /= plan->K;
    return all;
}
