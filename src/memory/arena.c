#include "memory/arena.h"

/* AddressSanitizer sees who writes past a piece only where each comes from the system. */
#if defined(__SANITIZE_ADDRESS__)
#define ONE_BY_ONE true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_BY_ONE true
#endif
#endif
#ifndef ONE_BY_ONE
#define ONE_BY_ONE false
#endif

static bool round_up(size_t size, size_t *rounded)
{
    *rounded = (size + (MEMORY_ALIGNMENT - 1)) & ~(size_t)(MEMORY_ALIGNMENT - 1);
    return *rounded >= size;
}

static bool fits(const memory_arena *arena, size_t size, size_t *rounded)
{
    return round_up(size, rounded) && *rounded <= arena->back - arena->front;
}

static bool is_ours(const memory_arena *arena, const void *memory)
{
    uintptr_t begin = (uintptr_t)arena->memory, piece = (uintptr_t)memory;
    return piece >= begin && piece < begin + arena->size;
}

static void *allocate_lasting(void *context, size_t size, size_t alignment)
{
    memory_arena *arena = context;
    size_t rounded;
    if (!fits(arena, size, &rounded))
        return arena->parent.allocate(arena->parent.context, size, alignment);
    void *piece = arena->memory + arena->front;
    arena->front += rounded;
    return piece;
}

static void *allocate_passing(void *context, size_t size, size_t alignment)
{
    memory_arena *arena = context;
    size_t rounded;
    if (!fits(arena, size, &rounded))
        return arena->parent.allocate(arena->parent.context, size, alignment);
    arena->back -= rounded;
    return arena->memory + arena->back;
}

static void release(void *context, void *memory, size_t size)
{
    memory_arena *arena = context;
    uint8_t *piece = memory;
    size_t rounded;
    if (!is_ours(arena, memory))
        arena->parent.release(arena->parent.context, memory, size);
    else if (piece == arena->memory + arena->back && round_up(size, &rounded))
        arena->back += rounded;
    else if (round_up(size, &rounded) && piece + rounded == arena->memory + arena->front)
        arena->front -= rounded;
}

void memory_arena_begin(memory_arena *arena, size_t size, const rq_allocator *parent)
{
    *arena = (memory_arena){.parent = *parent, .size = size & ~(size_t)(MEMORY_ALIGNMENT - 1)};
    arena->memory = ONE_BY_ONE ? NULL : memory_allocate(parent, arena->size, 1);
    if (!arena->memory)
        arena->size = 0;
    arena->back = arena->size;
    arena->lasting = (rq_allocator){arena, allocate_lasting, release};
    arena->passing = (rq_allocator){arena, allocate_passing, release};
}

void memory_arena_end(memory_arena *arena)
{
    memory_release(&arena->parent, arena->memory, arena->size, 1);
    arena->memory = NULL;
}
