#include "codec/contributions.h"

#include <string.h>

enum { PIECE = 4096 }; /* octets summed up at a time, so that the sum stays in the nearest cache */

bool codec_contributions_begin(codec_contributions *c, const rq_plan *plan, const uint32_t *sources,
                               uint32_t count, const rq_allocator *allocator)
{
    const uint32_t K_prime = plan->code.K_prime;
    size_t units_size = (size_t)count * count;
    *c = (codec_contributions){.allocator = allocator, .code = plan->code, .count = count};
    c->size = (size_t)codec_workspace_size(plan, count);
    c->rows = memory_allocate(allocator, c->size, 1);
    uint8_t *units = memory_allocate(allocator, units_size, 1);
    const uint8_t **inputs = memory_allocate(allocator, K_prime, sizeof *inputs);
    bool made = c->rows && units && inputs;
    if (made) {
        memset(units, 0, units_size);
        memset(inputs, 0, K_prime * sizeof *inputs);
        for (uint32_t i = 0; i < count; i++) {
            units[(size_t)i * count + i] = 1;
            inputs[sources ? sources[i] : i] = units + (size_t)i * count;
        }
        codec_solve(plan, inputs, 0, count, c->rows);
    }
    memory_release(allocator, inputs, K_prime, sizeof *inputs);
    memory_release(allocator, units, units_size, 1);
    return made;
}

void codec_contributions_free(codec_contributions *c)
{
    if (c->allocator)
        memory_release(c->allocator, c->rows, c->size, 1);
    c->rows = NULL;
}

void codec_contributions_of(const codec_contributions *c, uint32_t isi, uint8_t *octets)
{
    codec_symbol(&c->code, isi, c->rows, c->count, octets);
}

void codec_weigh(const uint8_t *octets, const uint8_t *const *inputs, uint32_t count, size_t offset,
                 size_t width, uint8_t *sum)
{
    const gf256_kernels *kernels = gf256();
    memset(sum, 0, width);
    for (size_t at = 0; at < width; at += PIECE) {
        size_t piece = width - at < PIECE ? width - at : PIECE;
        for (uint32_t i = 0; i < count; i++) {
            if (inputs[i] && octets[i] != 0)
                kernels->multiply_add(sum + at, inputs[i] + offset + at, octets[i], piece);
        }
    }
}
