/* The code itself, without packets, files or the library's idea of where data lies.
 *
 * A plan depends on which symbols there are and on none of their bytes. It is made once and then
 * run over columns: here over symbols of 4096 bytes, 256 columns at a time. So the working memory
 * is that of 256 columns, and two threads could each take half of them. */
#include <rq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { K = 100, T = 4096, REPAIR = 20, LOST = 18, WIDTH = 256 };

static uint8_t source[K][T], repair[REPAIR][T], rebuilt[LOST][T];

/* Runs the plan over all columns of `inputs` and makes the symbols first..first + count - 1. */
static int run(const rq_plan *plan, const uint8_t *const *inputs, size_t input_count,
               uint32_t first, uint32_t count, uint8_t (*made)[T])
{
    const uint8_t *columns[K + REPAIR];
    void *workspace = aligned_alloc(64, rq_plan_workspace_size(plan, WIDTH));
    if (!workspace)
        return RQ_ERROR_MEMORY;
    int status = RQ_OK;
    for (size_t at = 0; at < T && status == RQ_OK; at += WIDTH) {
        for (size_t i = 0; i < input_count; i++)
            columns[i] = inputs[i] + at;
        status = rq_plan_execute(plan, columns, WIDTH, workspace);
        for (uint32_t i = 0; i < count && status == RQ_OK; i++)
            status = rq_plan_symbol(plan, workspace, WIDTH, first + i, made[i] + at);
    }
    free(workspace);
    return status;
}

static int encode(void)
{
    const uint8_t *inputs[K];
    rq_plan *plan;
    int status = rq_plan_encode(K, NULL, &plan);
    if (status != RQ_OK)
        return status;
    for (int i = 0; i < K; i++)
        inputs[i] = source[i];
    status = run(plan, inputs, K, K, REPAIR, repair);
    rq_plan_free(plan);
    return status;
}

/* The first LOST source symbols are gone; the others and all repair symbols are there. */
static int decode(void)
{
    uint32_t esis[K - LOST + REPAIR];
    const uint8_t *inputs[K - LOST + REPAIR];
    uint32_t count = 0;
    for (uint32_t esi = LOST; esi < K + REPAIR; esi++) {
        esis[count] = esi;
        inputs[count++] = esi < K ? source[esi] : repair[esi - K];
    }
    rq_plan *plan;
    int status = rq_plan_decode(K, esis, count, NULL, &plan);
    if (status != RQ_OK)
        return status; /* RQ_ERROR_DECODE would mean: get one more symbol */
    status = run(plan, inputs, count, 0, LOST, rebuilt);
    rq_plan_free(plan);
    return status;
}

int main(void)
{
    for (int i = 0; i < K; i++) {
        for (int j = 0; j < T; j++)
            source[i][j] = (uint8_t)rand();
    }
    int status = encode();
    if (status == RQ_OK)
        status = decode();
    if (status != RQ_OK) {
        fprintf(stderr, "%s\n", rq_error_name(status));
        return 1;
    }
    if (memcmp(source, rebuilt, sizeof rebuilt) != 0)
        return 1;
    printf("%d lost symbols of %d rebuilt, with kernels %s\n", (int)LOST, (int)K, rq_kernel_name());
    return 0;
}
