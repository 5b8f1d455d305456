#include "plan/plan.h"

#include <string.h>

#include "plan/common.h"
#include "plan/dense.h"
#include "plan/matrix.h"
#include "plan/parts.h"
#include "plan/peel.h"
#include "plan/program.h"

enum { ENOUGH = 32 }; /* rows beyond K that are looked at first */

/* What planning works with: measured for ordinary losses, 100 to 195 bytes a column, the more the
 * more columns become inactive, and a little for the smallest. Where that is not enough, single
 * pieces come from the allocator. */
static size_t work_memory(const rfc6330_code *code)
{
    return (size_t)memory_whole(code->L * (140 + code->L / 900) + 8192);
}

/* What a plan is made of, and how. */
typedef struct request {
    rfc6330_code code;
    uint32_t K;
    const uint32_t *isis;
    uint32_t count;
    const rq_allocator *allocator;
    const plan_watch *watch;
    bool keeping_parts;
} request;

/* The program of the rows in matrix, whose columns go, or why there is none. */
static int solve(const request *r, rq_plan *plan, plan_matrix *matrix, uint32_t *missing)
{
    plan_peeling peeling;
    int status = RQ_ERROR_MEMORY;
    bool peeled = plan_peel(&peeling, matrix);
    plan_matrix_free_columns(matrix);
    if (peeled && plan_program_begin(plan, matrix, &peeling)) {
        plan_dense dense;
        plan_pivot_rows pivots = plan_pivots_of(plan);
        status = plan_dense_solve(&dense, matrix, &peeling, &pivots, r->watch, missing);
        if (status == RQ_OK)
            plan_program_end(plan, matrix, &peeling, &dense);
        if (status == RQ_OK && r->keeping_parts) {
            plan->parts = dense.parts;
            dense.parts.sets = NULL;
            peeling.inactive_index = NULL;
        }
        plan_dense_free(&dense);
    }
    plan_peeling_free(&peeling);
    return status;
}

/* Most source symbols are there: it pays to take their rows from what all decoders have in common.
 */
static bool mostly_sources(uint32_t K, const uint32_t *isis, uint32_t count)
{
    uint32_t sources = 0;
    for (uint32_t i = 0; i < count; i++)
        sources += isis[i] < K;
    return sources > K / 2;
}

static bool make_matrix(plan_matrix *matrix, const rq_plan *plan, const uint32_t *isis,
                        memory_arena *arena)
{
    const rfc6330_code *code = &plan->code;
    uint32_t K = plan->K, count = plan->input_count;
    const plan_matrix *common = mostly_sources(K, isis, count) ? plan_common_get(code) : NULL;
    if (!common)
        return plan_matrix_make(matrix, code, isis, count, K, arena);
    bool made = plan_matrix_extend(matrix, common, code, isis, count, K, arena);
    plan_common_put(common);
    return made;
}

static int create(const request *r, rq_plan **out, uint32_t *missing)
{
    rq_plan *plan = memory_allocate(r->allocator, 1, sizeof *plan);
    if (!plan)
        return RQ_ERROR_MEMORY;
    *plan =
        (rq_plan){.code = r->code, .K = r->K, .input_count = r->count, .allocator = *r->allocator};
    plan_matrix matrix;
    memory_arena_begin(&plan->work, work_memory(&r->code), &plan->allocator);
    int status = make_matrix(&matrix, plan, r->isis, &plan->work) ? solve(r, plan, &matrix, missing)
                                                                  : RQ_ERROR_MEMORY;
    plan_matrix_free(&matrix);
    if (!plan->parts.sets)
        memory_arena_end(&plan->work);
    if (status != RQ_OK) {
        plan_free(plan);
        plan = NULL;
    }
    *out = plan;
    return status;
}

/* So many symbols more than K do not determine a block by chance only: what there is beyond them
 * would cost time and memory, by its square, and bring nothing. Where they were chosen to depend on
 * each other, twice as many, until that is all. */
static int create_of_enough(const request *r, rq_plan **plan, uint32_t *missing)
{
    for (uint32_t surplus = ENOUGH;; surplus *= 2) {
        request some = *r;
        if (r->count - r->K > surplus)
            some.count = r->K + surplus;
        int status = create(&some, plan, missing);
        if (status == RQ_OK)
            (*plan)->input_count = r->count;
        if (status != RQ_ERROR_DECODE || some.count == r->count)
            return status;
    }
}

static int create_if_possible(request *r, rq_plan **plan, uint32_t *missing)
{
    uint32_t more = 0;
    *plan = NULL;
    if (!rfc6330_code_for(r->K, &r->code) || r->count > RQ_MAX_ESI + 1)
        return RQ_ERROR_PARAMETER;
    int status = RQ_ERROR_DECODE;
    if (r->count < r->K)
        more = r->K - r->count;
    else
        status = create_of_enough(r, plan, &more);
    if (missing)
        *missing = more;
    return status;
}

static request request_for(uint32_t K, const uint32_t *isis, uint32_t count,
                           const rq_allocator *allocator, const plan_watch *watch)
{
    return (request){.K = K,
                     .isis = isis,
                     .count = count,
                     .allocator = memory_or_heap(allocator),
                     .watch = watch};
}

int plan_create(uint32_t K, const uint32_t *isis, uint32_t count, const rq_allocator *allocator,
                const plan_watch *watch, rq_plan **plan, uint32_t *missing)
{
    request r = request_for(K, isis, count, allocator, watch);
    return create_if_possible(&r, plan, missing);
}

int plan_create_keeping_parts(uint32_t K, const uint32_t *isis, uint32_t count,
                              const rq_allocator *allocator, const plan_watch *watch,
                              rq_plan **plan, uint32_t *missing)
{
    request r = request_for(K, isis, count, allocator, watch);
    r.keeping_parts = true;
    return create_if_possible(&r, plan, missing);
}

void plan_forget_parts(rq_plan *plan)
{
    plan_parts *parts = &plan->parts;
    if (!parts->sets)
        return;
    const rfc6330_code *code = &plan->code;
    const rq_allocator *a = &plan->work.lasting;
    memory_release(a, parts->sets, code->W, parts->words * sizeof *parts->sets);
    memory_release(a, parts->inactive_index, code->L, sizeof *parts->inactive_index);
    memory_arena_end(&plan->work);
    *parts = (plan_parts){0};
}

int plan_create_encoder(uint32_t K, const rq_allocator *allocator, rq_plan **plan)
{
    const rq_allocator *a = memory_or_heap(allocator);
    *plan = NULL;
    if (K == 0 || K > RFC6330_MAX_K)
        return RQ_ERROR_PARAMETER;
    uint32_t *isis = memory_allocate(a, K, sizeof *isis);
    if (!isis)
        return RQ_ERROR_MEMORY;
    for (uint32_t i = 0; i < K; i++)
        isis[i] = i;
    int status = plan_create(K, isis, K, a, NULL, plan, NULL);
    memory_release(a, isis, K, sizeof *isis);
    return status;
}

void plan_free(rq_plan *plan)
{
    if (!plan)
        return;
    plan_forget_parts(plan);
    rq_allocator a = plan->allocator;
    memory_release(&a, plan->steps, plan->step_capacity, sizeof *plan->steps);
    memory_release(&a, plan->gathers, plan->gather_capacity, sizeof *plan->gathers);
    memory_release(&a, plan->operands, plan->operand_capacity, sizeof *plan->operands);
    memory_release(&a, plan->coefficients, plan->coefficient_capacity, 1);
    memory_release(&a, plan->hdpc_slots, plan->code.K_prime + plan->code.S, 1);
    memory_release(&a, plan, 1, sizeof *plan);
}

uint64_t plan_size(const rq_plan *plan)
{
    return sizeof *plan + (uint64_t)plan->step_capacity * sizeof *plan->steps +
           (uint64_t)plan->gather_capacity * sizeof *plan->gathers +
           (uint64_t)plan->operand_capacity * sizeof *plan->operands + plan->coefficient_capacity +
           plan->code.K_prime + plan->code.S;
}

uint64_t plan_kept_memory(uint32_t K)
{
    rfc6330_code code;
    return rfc6330_code_for(K, &code) ? 46ull * code.L + 8192 : UINT64_MAX; /* it has 45 a column */
}

uint64_t plan_memory(uint32_t K)
{
    rfc6330_code code;
    return rfc6330_code_for(K, &code) ? work_memory(&code) + plan_kept_memory(K) : UINT64_MAX;
}

static void *copy_of(const void *data, uint32_t count, size_t size, const rq_allocator *a)
{
    void *copy = memory_allocate(a, count, size);
    if (copy)
        memcpy(copy, data, count * size);
    return copy;
}

rq_plan *plan_copy(const rq_plan *plan, const rq_allocator *a)
{
    rq_plan *copy = copy_of(plan, 1, sizeof *plan, a);
    if (!copy)
        return NULL;
    copy->allocator = *a;
    copy->step_capacity = plan->step_count;
    copy->gather_capacity = plan->gather_count;
    copy->operand_capacity = plan->operand_count;
    copy->coefficient_capacity = plan->coefficient_count;
    copy->steps = copy_of(plan->steps, plan->step_count, sizeof *plan->steps, a);
    copy->gathers = copy_of(plan->gathers, plan->gather_count, sizeof *plan->gathers, a);
    copy->operands = copy_of(plan->operands, plan->operand_count, sizeof *plan->operands, a);
    copy->coefficients = copy_of(plan->coefficients, plan->coefficient_count, 1, a);
    copy->hdpc_slots = copy_of(plan->hdpc_slots, plan->code.K_prime + plan->code.S, 1, a);
    if (copy->steps && copy->gathers && copy->operands && copy->hdpc_slots &&
        (copy->coefficients || plan->coefficient_count == 0))
        return copy;
    plan_free(copy);
    return NULL;
}
