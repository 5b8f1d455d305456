#include "support/counting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before each piece stands where its block begins and how long it is. */
typedef struct header {
    void *block;
    size_t size;
} header;

static void *allocate(void *context, size_t size, size_t alignment)
{
    counting *count = context;
    count->calls++;
    if (count->calls == count->fail_at || (count->limit > 0 && size > count->limit - count->used))
        return NULL;
    uint8_t *block = malloc(sizeof(header) + alignment + size);
    if (!block)
        return NULL;
    uint8_t *piece = block + sizeof(header);
    piece += (alignment - (uintptr_t)piece % alignment) % alignment;
    const header start = {block, size};
    memcpy(piece - sizeof start, &start, sizeof start);
    count->used += size;
    count->peak = count->used > count->peak ? count->used : count->peak;
    return piece;
}

static void release(void *context, void *memory, size_t size)
{
    counting *count = context;
    header start;
    memcpy(&start, (uint8_t *)memory - sizeof start, sizeof start);
    if (start.size != size) {
        fprintf(stderr, "a piece of %zu bytes is released as one of %zu\n", start.size, size);
        abort();
    }
    count->used -= size;
    free(start.block);
}

rq_allocator counting_allocator(counting *count)
{
    return (rq_allocator){count, allocate, release};
}
