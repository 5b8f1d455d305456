#include "object/buffers.h"

#include <string.h>

bool buffers_make(buffers *b, uint32_t count, size_t size, const rq_allocator *allocator)
{
    *b = (buffers){.allocator = allocator, .count = count, .size = size};
    b->items = memory_allocate(allocator, count, sizeof *b->items);
    if (!b->items)
        return false;
    memset(b->items, 0, count * sizeof *b->items);
    for (uint32_t i = 0; i < count; i++) {
        b->items[i] = memory_allocate(allocator, size, 1);
        if (!b->items[i])
            return false;
    }
    return true;
}

void buffers_free(buffers *b)
{
    for (uint32_t i = 0; b->items && i < b->count; i++)
        memory_release(b->allocator, b->items[i], b->size, 1);
    memory_release(b->allocator, b->items, b->count, sizeof *b->items);
    b->items = NULL;
}
