#include "memory/memory.h"

#include <stddef.h>
#include <stdlib.h>

#include "platform/system.h"

/* From this size on a piece comes from the system and goes back to it: the C library would keep
 * freed memory in its heap, where it counts against the process for good. Of less, that is welcome:
 * fresh pages that are too few for a huge one cost more than what is done with them. Where nobody
 * counts, several huge ones cost it too. */
static const size_t system_pages_from = MEMORY_HUGE_PAGE, heap_pages_from = 4 * MEMORY_HUGE_PAGE;

/* What the C library puts before a piece. */
enum { HEAP_HEADER = 16 };

static bool round_up(size_t size, size_t alignment, size_t *rounded)
{
    if (size > SIZE_MAX - (alignment - 1))
        return false;
    *rounded = (size + alignment - 1) & ~(alignment - 1);
    return true;
}

static void *allocate(size_t size, size_t alignment, size_t pages_from)
{
    if (size == 0)
        return NULL;
    if (size >= pages_from)
        return platform_pages_allocate(size);
    if (alignment <= _Alignof(max_align_t))
        return malloc(size);
    size_t rounded;
    return round_up(size, alignment, &rounded) ? aligned_alloc(alignment, rounded) : NULL;
}

static void release(void *memory, size_t size, size_t pages_from)
{
    if (size >= pages_from)
        platform_pages_release(memory, size);
    else
        free(memory);
}

static void *system_allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
    return allocate(size, alignment, system_pages_from);
}

static void system_release(void *context, void *memory, size_t size)
{
    (void)context;
    release(memory, size, system_pages_from);
}

static void *heap_allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
    return allocate(size, alignment, heap_pages_from);
}

static void heap_release(void *context, void *memory, size_t size)
{
    (void)context;
    release(memory, size, heap_pages_from);
}

const rq_allocator memory_system = {NULL, system_allocate, system_release};
const rq_allocator memory_heap = {NULL, heap_allocate, heap_release};

uint64_t memory_system_cost(size_t size)
{
    size_t rounded;
    if (size >= system_pages_from)
        return round_up(size, platform_page_size(), &rounded) ? rounded : UINT64_MAX;
    (void)round_up(size + HEAP_HEADER, MEMORY_ALIGNMENT, &rounded);
    return rounded;
}

const rq_allocator *memory_or_heap(const rq_allocator *allocator)
{
    return allocator ? allocator : &memory_heap;
}

bool memory_usable(const rq_allocator *allocator)
{
    return !allocator || (allocator->allocate && allocator->release);
}

void *memory_allocate(const rq_allocator *allocator, size_t count, size_t size)
{
    if (count == 0 || size == 0 || count > SIZE_MAX / size)
        return NULL;
    allocator = memory_or_heap(allocator);
    return allocator->allocate(allocator->context, count * size, MEMORY_ALIGNMENT);
}

void memory_release(const rq_allocator *allocator, void *memory, size_t count, size_t size)
{
    if (!memory)
        return;
    allocator = memory_or_heap(allocator);
    allocator->release(allocator->context, memory, count * size);
}

bool memory_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    if (a > UINT64_MAX - b)
        return false;
    *sum = a + b;
    return true;
}
