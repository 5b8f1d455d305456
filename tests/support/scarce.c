#include "support/scarce.h"

#include <stdlib.h>

static void *allocate(void *context, size_t size, size_t alignment)
{
    scarce *memory = context;
    if (splitmix_below(&memory->random, 256) < memory->share) {
        memory->refused++;
        return NULL;
    }
    return memory->source.allocate(memory->source.context, size, alignment);
}

static void release(void *context, void *made, size_t size)
{
    scarce *memory = context;
    memory->source.release(memory->source.context, made, size);
}

void scarce_begin(scarce *memory, uint64_t seed, uint32_t share)
{
    *memory = (scarce){.allocator = {memory, allocate, release}, .share = share, .random = {seed}};
    memory->source = counting_allocator(&memory->count);
}

void scarce_end(const scarce *memory)
{
    if (memory->count.used != 0)
        abort();
}
