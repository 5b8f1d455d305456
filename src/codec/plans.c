/* rq_plan's public functions: tier 3 of rq.h. */
#include "codec/esi_set.h"
#include "codec/execute.h"

int rq_plan_encode(uint32_t K, const rq_allocator *allocator, rq_plan **plan)
{
    if (!plan)
        return RQ_ERROR_PARAMETER;
    *plan = NULL;
    return memory_usable(allocator) ? plan_create_encoder(K, allocator, plan) : RQ_ERROR_PARAMETER;
}

/* ISIs of ESIs; refuses what is out of range or there twice. */
static int to_isis(const rfc6330_code *code, uint32_t K, const uint32_t *esis, uint32_t count,
                   uint32_t *isis, const rq_allocator *allocator)
{
    esi_set seen;
    int status = RQ_OK;
    esi_set_begin(&seen, allocator);
    for (uint32_t i = 0; i < count && status == RQ_OK; i++) {
        int added = esis[i] <= RQ_MAX_ESI ? esi_set_add(&seen, esis[i]) : 0;
        if (added != 1)
            status = added == 0 ? RQ_ERROR_PARAMETER : added;
        isis[i] = plan_isi(code, K, esis[i]);
    }
    esi_set_free(&seen);
    return status;
}

int rq_plan_decode(uint32_t K, const uint32_t *esis, uint32_t count, const rq_allocator *allocator,
                   rq_plan **plan)
{
    rfc6330_code code;
    if (!plan)
        return RQ_ERROR_PARAMETER;
    *plan = NULL;
    if (!rfc6330_code_for(K, &code) || (!esis && count > 0) || count > RQ_MAX_ESI + 1 ||
        !memory_usable(allocator))
        return RQ_ERROR_PARAMETER;
    if (count < K)
        return RQ_ERROR_DECODE;
    const rq_allocator *a = memory_or_heap(allocator);
    uint32_t *isis = memory_allocate(a, count, sizeof *isis);
    if (!isis)
        return RQ_ERROR_MEMORY;
    int status = to_isis(&code, K, esis, count, isis, a);
    if (status == RQ_OK)
        status = plan_create(K, isis, count, a, NULL, plan, NULL);
    memory_release(a, isis, count, sizeof *isis);
    return status;
}

size_t rq_plan_workspace_size(const rq_plan *plan, size_t width)
{
    if (!plan || width == 0 || width % GF256_UNIT != 0 || width > SIZE_MAX / plan->row_count)
        return 0;
    return (size_t)codec_workspace_size(plan, width);
}

/* The kernels load and store whole aligned vectors. */
static bool is_workspace(const rq_plan *plan, size_t width, const void *workspace)
{
    return workspace && (uintptr_t)workspace % MEMORY_ALIGNMENT == 0 &&
           rq_plan_workspace_size(plan, width) != 0;
}

int rq_plan_execute(const rq_plan *plan, const uint8_t *const *symbols, size_t width,
                    void *workspace)
{
    if (!symbols || !is_workspace(plan, width, workspace))
        return RQ_ERROR_PARAMETER;
    codec_solve(plan, symbols, 0, width, workspace);
    return RQ_OK;
}

int rq_plan_symbol(const rq_plan *plan, const void *workspace, size_t width, uint32_t esi,
                   void *symbol)
{
    if (!symbol || !is_workspace(plan, width, workspace) || esi > RQ_MAX_ESI)
        return RQ_ERROR_PARAMETER;
    codec_symbol(&plan->code, plan_isi(&plan->code, plan->K, esi), workspace, width, symbol);
    return RQ_OK;
}

void rq_plan_free(rq_plan *plan)
{
    plan_free(plan);
}
