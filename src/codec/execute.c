#include "codec/execute.h"

#include <string.h>

static void zero_rows(const rq_plan *plan, const plan_step *step, uint8_t *rows, size_t stride)
{
    const uint16_t *row = plan->operands + step->first_operand;
    for (uint32_t i = 0; i < step->count; i++)
        memset(rows + row[i] * stride, 0, stride);
}

static void run_steps(const rq_plan *plan, uint32_t first, uint32_t end,
                      const uint8_t *const *inputs, size_t offset, size_t width, uint8_t *workspace)
{
    const gf256_kernels *kernels = gf256();
    const size_t stride = codec_stride(width);
    for (const plan_step *step = plan->steps + first; step < plan->steps + end; step++) {
        uint8_t *destination = workspace + step->destination_row * stride;
        const uint8_t *source = workspace + step->operand_row * stride;
        const uint16_t *operands = plan->operands + step->first_operand;
        gf256_rows rows = {.width = stride,
                           .operands = source,
                           .inputs = inputs,
                           .input_offset = offset,
                           .input_width = width,
                           .destinations = destination,
                           .destination_stride = stride,
                           .destination_width = stride};
        switch (step->kind) {
        case PLAN_ZERO:
            zero_rows(plan, step, destination, stride);
            break;
        case PLAN_GATHER_NEAR:
        case PLAN_GATHER_ALL:
            kernels->gather(plan->gathers + step->first_gather, step->count, operands,
                            step->kind == PLAN_GATHER_NEAR ? GF256_NEAR : GF256_ALL, &rows);
            break;
        case PLAN_HORNER:
            kernels->horner(source, plan->hdpc_slots, step->count,
                            destination - RFC6330_HDPC_PAIRS(plan->code.H) * stride, destination,
                            plan->code.H, stride);
            break;
        case PLAN_COMBINE:
            kernels->combine(destination, operands, step->target_count, source,
                             operands + step->target_count, step->count,
                             plan->coefficients + step->first_coefficient, stride);
            break;
        }
    }
}

void codec_solve(const rq_plan *plan, const uint8_t *const *inputs, size_t offset, size_t width,
                 uint8_t *workspace)
{
    run_steps(plan, 0, plan->step_count, inputs, offset, width, workspace);
}

void codec_solve_parts(const rq_plan *plan, const uint8_t *const *inputs, size_t offset,
                       size_t width, uint8_t *workspace)
{
    run_steps(plan, 0, plan->step_count - 1, inputs, offset, width, workspace);
}

void codec_complete(const rq_plan *plan, const uint8_t *const *inputs, size_t offset, size_t width,
                    uint8_t *workspace)
{
    run_steps(plan, plan->step_count - 1, plan->step_count, inputs, offset, width, workspace);
}

void codec_emit(const codec_outputs *outputs, uint32_t first, uint32_t count,
                const uint8_t *workspace, size_t width, uint8_t *destinations, size_t stride)
{
    /* Operands of the ones before: few enough to count, for emission is the long part. */
    const uint16_t *operands = outputs->operands;
    for (uint32_t i = 0; i < first; i++)
        operands += outputs->gathers[i].all;
    size_t row = codec_stride(width);
    gf256_rows rows = {.width = row,
                       .operands = workspace,
                       .destinations = destinations,
                       .destination_stride = stride,
                       .destination_width = width};
    gf256()->gather(outputs->gathers + first, count, operands, GF256_ALL, &rows);
}

gf256_coming codec_coming(const codec_strip *strip, const uint8_t *const *inputs, uint32_t count,
                          size_t offset, uint32_t workers)
{
    uint64_t ahead = (uint64_t)workers * strip->width;
    bool wanted = codec_is_far(count, strip->sub_width) &&
                  strip->column + ahead + strip->width <= strip->sub_width;
    return (gf256_coming){inputs, wanted ? count : 0, wanted ? offset + (size_t)ahead : 0};
}

void codec_emit_far(const codec_outputs *outputs, const uint8_t *workspace, size_t width,
                    uint8_t *destinations, const gf256_coming *coming)
{
    size_t row = codec_stride(width);
    gf256_rows rows = {.width = row,
                       .operands = workspace,
                       .destinations = destinations,
                       .destination_stride = row,
                       .destination_width = row,
                       .streaming = true,
                       .coming = *coming};
    if (outputs->count <
        coming->count) /* they are not so long at work that it would be meanwhile */
        rows.coming.count = 0;
    gf256()->gather(outputs->gathers, outputs->count, outputs->operands, GF256_ALL, &rows);
}

void codec_symbol(const rfc6330_code *code, uint32_t isi, const uint8_t *workspace, size_t width,
                  uint8_t *symbol)
{
    uint16_t columns[RFC6330_MAX_COLUMNS];
    uint32_t lt;
    uint32_t count = rfc6330_lt_row(code, isi, columns, &lt);
    gf256_gather gather = {GF256_NO_INPUT, 0, (uint16_t)count, (uint16_t)count};
    codec_outputs one = {.gathers = &gather, .operands = columns};
    codec_emit(&one, 0, 1, workspace, width, symbol, 0);
}
