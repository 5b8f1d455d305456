/* A buffer for each worker, to put symbols together in. */
#ifndef OBJECT_BUFFERS_H
#define OBJECT_BUFFERS_H

#include "memory/memory.h"

typedef struct buffers {
    const rq_allocator *allocator;
    uint8_t **items;
    uint32_t count;
    size_t size; /* of each */
} buffers;

/* False if there is no memory; buffers_free is right in any case. */
bool buffers_make(buffers *buffers, uint32_t count, size_t size, const rq_allocator *allocator);
void buffers_free(buffers *buffers);

#endif
